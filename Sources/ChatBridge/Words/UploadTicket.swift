public import Foundation

/// An upload that a client was allowed to make straight to the store, and has not shown in a message yet.
public struct UploadTicket: Sendable, Hashable {
    /// Unique within the dialect.
    public var id: String
    /// Whose it is.
    public var dialect: Dialect
    /// Who may use it.
    public var owner: String
    /// The conversation that it is for.
    public var conversation: String?
    /// Where the object goes.
    public var key: String
    /// What it must be.
    public var mimeType: String
    /// How long it must be, in bytes.
    public var fileSize: Int
    /// The name of the sender's file.
    public var originalName: String?
    /// Until when it may be used.
    public var expires: Date

    /// A ticket.
    public init(
        id: String, dialect: Dialect, owner: String, conversation: String? = nil, key: String, mimeType: String,
        fileSize: Int, originalName: String? = nil, expires: Date
    ) {
        self.id = id
        self.dialect = dialect
        self.owner = owner
        self.conversation = conversation
        self.key = key
        self.mimeType = mimeType
        self.fileSize = fileSize
        self.originalName = originalName
        self.expires = expires
    }
}
