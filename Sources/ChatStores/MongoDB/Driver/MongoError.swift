import CMongo

/// An error of the server or of libmongoc.
struct MongoError: Error, Sendable, CustomStringConvertible {
    /// The number of the server's error, or of libmongoc's.
    let code: Int
    let message: String
    /// The command that failed, without its values.
    let command: String
    /// Whether the whole transaction can be tried again.
    let isTransient: Bool
    /// Whether it is not known if a transaction was committed, and the commit can be tried again.
    let isCommitUnknown: Bool

    /// `TransactionExceededLifetimeLimitSeconds` of the server.
    private static let exceededLifetimeLimit = 290

    init(
        code: Int, message: String, command: String, isTransient: Bool = false, isCommitUnknown: Bool = false
    ) {
        self.code = code
        self.message = message
        self.command = command
        self.isTransient = isTransient
        self.isCommitUnknown = isCommitUnknown
    }

    init(_ reply: inout darkroom_mongo_reply, command: String) {
        code = Int(reply.code)
        message = withUnsafeBytes(of: &reply.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        self.command = command
        // The label is not there where the server ended the transaction in the middle of a command, because it was open for too long.
        isTransient = reply.is_transient || code == Self.exceededLifetimeLimit
        isCommitUnknown = reply.is_commit_unknown
    }

    /// Whether a unique index has the value already: another transaction wrote it since this one began.
    var isDuplicate: Bool { code == 11000 }

    /// The operation's time was over before it was done.
    static func deadline(_ command: String) -> MongoError {
        MongoError(code: 50, message: "the time for the operation is over", command: command)
    }

    var description: String { "MongoDB \(command): \(message) (\(code))" }
}
