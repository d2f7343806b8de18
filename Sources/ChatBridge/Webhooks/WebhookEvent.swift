public import JSON

/// An event for webhooks, to be written in the transaction that makes it true: once for each endpoint that receives it.
public struct WebhookEvent: Sendable, Hashable {
    /// What endpoints call the native API among the dialects.
    public static let nativeSource = "native"

    /// The same for every endpoint and attempt, and for no other event.
    public var id: String
    /// What it is about.
    public var kind: WebhookKind
    /// The dialect that it comes from; `nil` for the native API.
    public var dialect: Dialect?
    /// An endpoint receives the events of one subject, such as a message, in the order in which they were written.
    public var subject: String
    /// What is known of it when it is written.
    public var payload: JSONValue

    /// An event.
    public init(
        id: String = WebhookEvent.newID(), kind: WebhookKind, dialect: Dialect?, subject: String, payload: JSONValue
    ) {
        self.id = id
        self.kind = kind
        self.dialect = dialect
        self.subject = subject
        self.payload = payload
    }

    /// A new ID: 128 random bits.
    public static func newID() -> String {
        let digits = (0..<2).map { _ in
            let text = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return "evt_" + digits.joined()
    }

    /// What endpoints call the dialect.
    public var source: String { dialect?.rawValue ?? Self.nativeSource }
}
