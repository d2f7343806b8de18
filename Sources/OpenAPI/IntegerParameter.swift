import JSON

/// A whole number in the query: the range that the route accepts is the one that its description shows.
public struct IntegerParameter: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The values that are accepted.
    public let range: ClosedRange<Int>
    /// The value that counts where a request has none.
    public let standard: Int
    private let text: String

    /// A parameter; see the properties.
    /// - Parameter text: what it means.
    public init(_ name: String, in range: ClosedRange<Int>, default standard: Int, _ text: String) {
        self.name = name
        self.range = range
        self.standard = standard
        self.text = text
    }

    /// Its description.
    public var parameter: Parameter {
        .query(name, .integer(range).defaulting(to: .integer(standard)), text)
    }
}
