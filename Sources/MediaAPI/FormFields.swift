import ChatBridge
import HTTPServer
import JSON

extension HTTPRequest {
    /// The fields of the form in the body (`application/x-www-form-urlencoded`), which is bounded as JSON is; of a field that
    /// came twice the last.
    package func urlEncodedFields() async throws -> [String: String] {
        let form: URLEncodedForm
        do {
            form = try URLEncodedForm(try await body.collect(upTo: Self.maximumJSONBytes))
        } catch let error as URLEncodedForm.Failure {
            let problem = error == .tooManyFields ? "has too many fields" : "is not valid: escapes and UTF-8 have to be"
            throw APIError(code: .badRequest, message: "The form \(problem)", cause: error)
        }
        return Dictionary(form.fields.map { ($0.name, $0.value) }) { _, last in last }
    }
}

extension JSONValue {
    /// The deepest that fields are nested.
    private static let maximumFieldDepth = 5

    /// The object that a form's fields stand for: a field `place[name]` is the member `name` of the object `place`, as
    /// servers of Node.js read it. Empty fields, which forms send for what was not filled in, say nothing.
    package init(form fields: [String: String]) throws(APIError) {
        var object = JSONValue.object([:])
        for (name, text) in fields.sorted(by: { $0.key < $1.key }) where !text.isEmpty {
            let path = Self.path(name)
            guard path.count <= Self.maximumFieldDepth else { throw .invalid(name, "is nested too deeply") }
            guard let changed = object.setting(.string(text), at: path[...]) else {
                throw .invalid(path[0], "is given both as a text and in parts")
            }
            object = changed
        }
        self = object
    }

    /// `a[b][c]` as `a`, `b`, `c`; any other name as it is.
    private static func path(_ name: String) -> [String] {
        guard let start = name.firstIndex(of: "["), start != name.startIndex, name.last == "]" else { return [name] }
        let inner = name[name.index(after: start)...].dropLast()
        // Between two of them: `][`.
        let keys = inner.split(separator: "][", omittingEmptySubsequences: false).map(String.init)
        let isNested = keys.allSatisfy { !$0.isEmpty && !$0.contains("[") && !$0.contains("]") }
        return isNested ? [String(name[..<start])] + keys : [name]
    }

    /// This object with `value` at `path`; `nil` where something else is on the way.
    private func setting(_ value: JSONValue, at path: ArraySlice<String>) -> JSONValue? {
        guard let key = path.first else { return nil }
        guard var members = objectValue else { return nil }
        if path.count == 1 {
            guard members[key] == nil else { return nil }
            members[key] = value
        } else {
            guard let inner = (members[key] ?? .object([:])).setting(value, at: path.dropFirst()) else { return nil }
            members[key] = inner
        }
        return .object(members)
    }
}
