/// A span that has ended.
public struct SpanRecord: Sendable, Hashable {
    /// What a span is, with OTLP's numbers.
    public enum Kind: Int, Sendable, Hashable {
        /// Within this process.
        case `internal` = 1
        /// A request that this process answers.
        case server = 2
        /// A request to another service, which this process waits for.
        case client = 3
        /// Something that this process sends, and does not wait for.
        case producer = 4
    }

    /// The value of an attribute.
    public enum Value: Sendable, Hashable {
        /// A text: of a set that clients cannot extend.
        case text(String)
        /// A number.
        case integer(Int)
    }

    /// The trace and the span.
    public let context: TraceContext
    /// The ID of the span that it is part of, or follows; `nil` for the first one.
    public let parent: String?
    /// What was done.
    public let name: String
    /// What it is.
    public let kind: Kind
    /// When it began, in nanoseconds since 1970, UTC.
    public let start: UInt64
    /// How long it took, in nanoseconds.
    public let duration: UInt64
    /// What is known of it. Never a secret, nor anything that a user has written.
    public let attributes: [String: Value]
    /// The code of what failed; `nil` where nothing did.
    public let error: String?
}
