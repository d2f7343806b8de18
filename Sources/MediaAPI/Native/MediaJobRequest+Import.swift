import ChatBridge
import JSON
import Jobs

extension MediaJobRequest {
    /// The most rules of an import.
    static let maximumRules = 100

    /// The request in a body `{type: "import", prefix | keys, owner, dialect?, kind?}`, or `{type: "import", prefix | keys, rules}`.
    /// - Parameter dialects: the chat systems in which media may count as uploaded.
    /// - Throws: ``APIError`` `invalidField` for the first field that is not valid.
    init(importing body: JSONValue, dialects: Set<Dialect>) throws(APIError) {
        let fields = try JobFields(body, known: ["prefix", "keys", "owner", "dialect", "kind", "rules"])
        let (prefix, keys) = (try fields.text("prefix"), try fields.keys())
        guard (prefix == nil) != (keys == nil) else {
            throw APIError.invalid("prefix", "says which objects, or keys does; the empty text is all of them")
        }
        self.init(importing: prefix, keys: keys, rules: try Self.rules(fields, dialects))
    }

    private static func rules(_ fields: JobFields, _ dialects: Set<Dialect>) throws(APIError) -> [String] {
        let (owner, dialect) = (try fields.text("owner"), try fields.text("dialect"))
        let kind = try fields.text("kind")
        let rules = try fields.list("rules", atMost: maximumRules)
        guard (owner == nil) != (rules == nil) else {
            throw APIError.invalid("owner", "says whose the objects are, or rules do")
        }
        guard let rules else {
            for (name, value) in [("owner", owner), ("dialect", dialect), ("kind", kind)] {
                guard value?.contains(where: \.isWhitespace) != true, value != "" else {
                    throw APIError.invalid(name, "has no spaces")
                }
            }
            let line = [owner, dialect ?? "-", kind].compactMap(\.self).joined(separator: " ")
            try check("* " + line, named: "owner", dialects)
            return ["* " + line]
        }
        guard dialect == nil, kind == nil else {
            throw APIError.invalid("rules", "goes with neither owner, dialect nor kind")
        }
        for rule in rules { try check(rule, named: "rules", dialects) }
        return rules
    }

    private static func check(_ line: String, named name: String, _ dialects: Set<Dialect>) throws(APIError) {
        let rule: ImportRule
        do throws(ImportRule.Invalid) { rule = try ImportRule(line) } catch {
            throw APIError.invalid(name, "is not valid: \(error.reason)")
        }
        if let dialect = rule.namedDialect, !dialects.contains(dialect) {
            throw APIError.invalid(name, "names a chat system that is not served: \(dialect.rawValue)")
        }
    }
}
