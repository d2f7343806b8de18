import Foundation

/// Reads the object literals that API references show: JSON, or JavaScript with comments, names without quotes, members
/// without a value, `...`, alternatives (`"a" | "b"`) and words in place of values; also the members of a TypeScript
/// interface (`name?: Array<{ a: string }>;`). A word that names a type (`Number`, `String`, `string`, `Boolean`, `Date`) or
/// a quantity (`N`, `bytes`, `seconds`) becomes a value of it, a map an empty object; any other becomes `NSNull`.
struct LooseJSON {
    private var rest: Substring

    private init(_ text: Substring) { rest = text }

    /// The first object or array in `text`; `nil` if none can be parsed.
    static func first(in text: some StringProtocol) -> Any? {
        guard let start = text.firstIndex(where: { $0 == "{" || $0 == "[" }) else { return nil }
        var reader = LooseJSON(Substring(text[start...]))
        return reader.value()
    }

    private mutating func value() -> Any? {
        skipSpace()
        var read: Any?
        switch rest.first {
        case "{": read = object()
        case "[": read = array()
        case "\"", "'", "`": read = string()
        case nil, "}", "]", ",", ":": return nil
        default: read = rest.hasPrefix("Array<") ? generic() : word()
        }
        while rest.hasPrefix("[]") {
            rest.removeFirst(2)
            read = [read ?? NSNull()]
        }
        skipSpace()
        while rest.first == "|" {
            rest.removeFirst()
            _ = value()
        }
        return read
    }

    private mutating func object() -> Any? {
        rest.removeFirst()
        var members: [String: Any] = [:]
        while true {
            skipSpace()
            switch rest.first {
            case nil: return nil
            case "}":
                rest.removeFirst()
                return members
            case ",", ";": rest.removeFirst()
            case ".": skipEllipsis()
            default:
                guard let name = name() else { return nil }
                if rest.first == "?" { rest.removeFirst() }
                skipSpace()
                if rest.first == ":" {
                    rest.removeFirst()
                    members[name] = value() ?? NSNull()
                } else {
                    members[name] = NSNull()
                }
            }
        }
    }

    private mutating func array() -> Any? {
        rest.removeFirst()
        var elements: [Any] = []
        while true {
            skipSpace()
            switch rest.first {
            case nil: return nil
            case "]":
                rest.removeFirst()
                return elements
            case ",": rest.removeFirst()
            case ".": skipEllipsis()
            default:
                guard let element = value() else { return nil }
                elements.append(element)
            }
        }
    }

    /// The array that `Array<T>` names.
    private mutating func generic() -> Any? {
        rest.removeFirst("Array<".count)
        let element = value()
        skipSpace()
        if rest.first == ">" { rest.removeFirst() }
        return [element ?? NSNull()]
    }

    private mutating func name() -> String? {
        if let quote = rest.first, "\"'`".contains(quote) { return string() as? String }
        let name = rest.prefix { $0.isLetter || $0.isNumber || "_$-".contains($0) }
        guard !name.isEmpty else { return nil }
        rest = rest[name.endIndex...]
        return String(name)
    }

    private mutating func string() -> Any? {
        let quote = rest.removeFirst()
        var text = ""
        while let character = rest.popFirst(), character != quote {
            if character == "\\", let escaped = rest.popFirst() {
                text.append(escaped)
            } else {
                text.append(character)
            }
        }
        return text
    }

    private mutating func word() -> Any {
        var word = rest.prefix { !",;[}]|\n".contains($0) }
        if word.contains("<"), !word.contains(">"), let end = rest.firstIndex(of: ">") { word = rest[...end] }
        rest = rest[word.endIndex...]
        let first = word.split(whereSeparator: { $0.isWhitespace || $0 == "/" }).first.map(String.init) ?? ""
        if let number = Double(first) { return number }
        switch first {
        case "true", "false": return first == "true"
        case "Number", "N", "bytes", "number", "seconds": return 0.0
        case "String", "ObjectId", "Date", "string": return ""
        case "Boolean", "boolean": return false
        default: return first.hasPrefix("Map<") || first.hasPrefix("Record<") ? [String: Any]() : NSNull()
        }
    }

    private mutating func skipEllipsis() {
        rest = rest.drop { $0 == "." || $0.isLetter || $0 == "_" }
    }

    private mutating func skipSpace() {
        while true {
            rest = rest.drop(while: \.isWhitespace)
            if rest.hasPrefix("//") {
                rest = rest.drop { $0 != "\n" }
            } else if rest.hasPrefix("/*"), let end = rest.range(of: "*/") {
                rest = rest[end.upperBound...]
            } else {
                return
            }
        }
    }
}
