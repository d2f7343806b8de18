/// What a scanner found in a file.
public struct InfectionFound: Error, CustomStringConvertible {
    /// The name in the scanner's database: printable ASCII, at most 128 characters.
    public let signature: String

    /// What was found, for the log.
    public var description: String { "infected with \(signature)" }
}
