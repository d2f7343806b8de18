/// The members of a JSON object. Names are bytes: two that are canonically equal (`é` and `e` with an accent) but of
/// different code points are distinct, as in other JSON parsers; in a Swift dictionary of strings they would be the
/// same key.
public struct JSONObject: Sendable, Hashable {
    /// A name that is compared by its UTF-8.
    private struct Name: Sendable, Hashable {
        let text: String

        static func == (a: Name, b: Name) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            // No name is the beginning of another.
            hasher.combine(0xFF as UInt8)
        }
    }

    private var members: [Name: JSONValue] = [:]

    /// An object without members.
    public init() {}

    /// An object of members, of which the last counts where a name comes twice.
    public init(_ elements: some Sequence<(String, JSONValue)>) {
        for (name, value) in elements { self[name] = value }
    }

    /// An object of members whose names are known to be distinct.
    public init(_ members: [String: JSONValue]) {
        for (name, value) in members { self[name] = value }
    }

    /// The members in the order of their names' bytes.
    public var sorted: [(name: String, value: JSONValue)] {
        members.map { (name: $0.key.text, value: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The value of a member; `nil` where there is none, and to have none.
    public subscript(name: String) -> JSONValue? {
        get { members[Name(text: name)] }
        set { members[Name(text: name)] = newValue }
    }

    /// Takes a member out. Returns what it was.
    @discardableResult
    public mutating func removeValue(forKey name: String) -> JSONValue? {
        members.removeValue(forKey: Name(text: name))
    }

    /// The names, in no order.
    public var keys: [String] { members.keys.map(\.text) }

    /// The values, in no order.
    public var values: [JSONValue] { Array(members.values) }

    /// How many members there are.
    public var count: Int { members.count }

    /// Whether there are none.
    public var isEmpty: Bool { members.isEmpty }

    /// Takes the members of another in; `combine` says which value counts where both have one.
    public mutating func merge(
        _ others: JSONObject, uniquingKeysWith combine: (_ own: JSONValue, _ other: JSONValue) -> JSONValue
    ) {
        members.merge(others.members, uniquingKeysWith: combine)
    }

    /// This object with the members of another; `combine` says which value counts where both have one.
    public func merging(
        _ others: JSONObject, uniquingKeysWith combine: (_ own: JSONValue, _ other: JSONValue) -> JSONValue
    ) -> JSONObject {
        var sum = self
        sum.merge(others, uniquingKeysWith: combine)
        return sum
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object; of a name written twice the last counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject: Sequence {
    /// The members, in no order.
    public func makeIterator() -> AnyIterator<(key: String, value: JSONValue)> {
        var iterator = members.makeIterator()
        return AnyIterator { iterator.next().map { (key: $0.key.text, value: $0.value) } }
    }
}
