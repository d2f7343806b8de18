public import JSON

/// An event of a client.
public struct SocketIOEvent: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its arguments; an attachment is represented by `{"_placeholder":true,"num":n}`.
    public var arguments: [JSONValue]
    /// The attachments, by `num`.
    public var attachments: [[UInt8]]

    /// An event.
    public init(name: String, arguments: [JSONValue] = [], attachments: [[UInt8]] = []) {
        self.name = name
        self.arguments = arguments
        self.attachments = attachments
    }
}
