/// A dialect: the API of one of the chat systems that are served.
public struct Dialect: RawRepresentable, Sendable, Hashable, Codable {
    /// The name in paths and settings.
    public let rawValue: String

    /// A dialect by its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The native API, where uploads and filters name it as they name a dialect.
    public static let native = Dialect(rawValue: "native")
}
