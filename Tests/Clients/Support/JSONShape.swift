import Foundation

/// Compares an answer with an example of it, by keys and types.
enum JSONShape {
    /// What `actual` lacks of `example`: every key of the example must be there with a value of the same JSON type,
    /// recursively. `null` in the example matches any value; the first element of an array is the example of every
    /// actual one. Further keys of the answer are ignored.
    static func mismatches(of actual: Any?, against example: Any?, at path: String = "") -> [String] {
        guard let example, !(example is NSNull) else { return [] }
        let place = path.isEmpty ? "the answer" : path
        guard let actual else { return ["\(place) is missing"] }
        switch example {
        case let example as [String: Any]:
            guard let actual = actual as? [String: Any] else { return ["\(place) is no object"] }
            return example.keys.sorted().flatMap { key -> [String] in
                let place = path.isEmpty ? key : "\(path).\(key)"
                guard let member = actual[key] else { return ["\(place) is missing"] }
                return mismatches(of: member, against: example[key], at: place)
            }
        case let example as [Any]:
            guard let actual = actual as? [Any] else { return ["\(place) is no array"] }
            guard let element = example.first else { return [] }
            return actual.enumerated().flatMap { mismatches(of: $1, against: element, at: "\(place)[\($0)]") }
        default:
            let (expected, found) = (type(of: example), type(of: actual))
            return expected == found ? [] : ["\(place) is \(found) instead of \(expected)"]
        }
    }

    /// The fields of an example that `actual` has, with values of their types: `a.b`, and `a[].b` in the elements of an array.
    static func seen(in actual: Any?, of example: Any?, at path: String = "") -> Set<String> {
        var found: Set<String> = []
        if let example = example as? [String: Any], let actual = actual as? [String: Any] {
            for (name, member) in example {
                guard let value = actual[name], isSameType(value, member) else { continue }
                let place = path.isEmpty ? name : "\(path).\(name)"
                found.insert(place)
                found.formUnion(seen(in: value, of: member, at: place))
            }
        } else if let element = (example as? [Any])?.first, let actual = actual as? [Any] {
            for value in actual { found.formUnion(seen(in: value, of: element, at: path + "[]")) }
        }
        return found
    }

    private static func isSameType(_ actual: Any, _ example: Any) -> Bool {
        switch example {
        case is NSNull: true
        case is [String: Any]: actual is [String: Any]
        case is [Any]: actual is [Any]
        default: type(of: actual) == type(of: example)
        }
    }

    /// The example with each value replaced by one that represents its type.
    static func typesAlone(of example: Any) -> Any {
        switch example {
        case let object as [String: Any]: return object.mapValues { typesAlone(of: $0) }
        case let array as [Any]: return array.first.map { [typesAlone(of: $0)] } ?? []
        default:
            switch type(of: example) {
            case .text: return ""
            case .number: return 0
            case .boolean: return false
            case .null, .container: return NSNull()
            }
        }
    }

    private enum Scalar: String, CustomStringConvertible {
        case text = "a string"
        case number = "a number"
        case boolean = "a boolean"
        case null = "null"
        case container = "an object or array"

        var description: String { rawValue }
    }

    private static func type(of value: Any) -> Scalar {
        switch value {
        case is NSNull: .null
        case is String: .text
        case let number as NSNumber: number.isBoolean ? .boolean : .number
        case is Bool: .boolean
        case is Int, is Double: .number
        default: .container
        }
    }
}

extension NSNumber {
    fileprivate var isBoolean: Bool { String(cString: objCType) == "c" }
}
