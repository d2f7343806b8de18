/// Header fields in the order they were sent; names compare without regard to case (RFC 9110 section 5.1).
public struct HTTPFields: Sendable, Hashable, ExpressibleByDictionaryLiteral, Sequence {
    private struct Field: Sendable, Hashable {
        var name: String
        var value: String
    }
    private var fields: [Field] = []

    /// No fields.
    public init() {}

    /// The fields of the literal, in its order; a name may repeat.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of `name`. Setting replaces every value of it; setting `nil` removes them.
    public subscript(name: String) -> String? {
        get { fields.first { equalsIgnoringCase($0.name, name) }?.value }
        set {
            if let newValue { set(name, newValue) } else { remove(name) }
        }
    }

    /// Every value of `name`, in order.
    public func values(of name: String) -> [String] {
        fields.filter { equalsIgnoringCase($0.name, name) }.map(\.value)
    }

    /// Whether there is a field of this name.
    public func contains(_ name: String) -> Bool { fields.contains { equalsIgnoringCase($0.name, name) } }

    /// Appends a field.
    public mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// Replaces every value of `name` by one, in the place of the first of them or at the end.
    public mutating func set(_ name: String, _ value: String) {
        guard let first = fields.firstIndex(where: { equalsIgnoringCase($0.name, name) }) else {
            return append(name, value)
        }
        fields[first] = Field(name: name, value: value)
        let rest = fields[(first + 1)...].filter { !equalsIgnoringCase($0.name, name) }
        fields.replaceSubrange((first + 1)..., with: rest)
    }

    /// Removes every field of that name.
    public mutating func remove(_ name: String) { fields.removeAll { equalsIgnoringCase($0.name, name) } }

    /// The comma-separated members of every value of `name`, trimmed, in order (RFC 9110 section 5.6.1).
    public func members(of name: String) -> [String] {
        values(of: name).flatMap { $0.split(separator: ",") }.map(trimmingWhitespace).filter { !$0.isEmpty }
    }

    /// The fields as (name, value).
    public func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var iterator = fields.makeIterator()
        return AnyIterator { iterator.next().map { ($0.name, $0.value) } }
    }
}
