package import Foundation

/// What is stored of a request with an idempotency key: who performs it, what it has made so far, and its answer.
public struct IdempotencyRecord: Sendable, Hashable {
    /// Who performs a request.
    package struct Claim: Sendable, Hashable, Codable {
        /// Unique to this attempt.
        package var token: String
        /// The start of the process that performs it.
        package var start: Int
    }

    /// A change that the request has made, and what it made or changed.
    package struct Step: Sendable, Hashable, Codable {
        /// Unique within the request: the kind of change and its number.
        package var name: String
        /// The IDs, in the order in which they were made.
        package var ids: [String]
    }

    /// What is stored as one value.
    package struct Content: Sendable, Hashable, Codable {
        /// `nil` where no one performs the request: it was answered, or the attempt has failed after a step.
        package var claim: Claim?
        /// Of the body; `nil` until it is known.
        package var fingerprint: String?
        package var steps: [Step] = []
        /// `nil` until the request was answered, and where the answer is not kept.
        package var answer: KeptAnswer?
        /// Whether something that the request has made was deleted or edited: its answer is not kept then.
        package var isErased = false
    }

    /// The digest of caller and key.
    package var id: String
    package var caller: String
    package var expires: Date
    package var content: Content

    package init(id: String, caller: String, expires: Date, content: Content) {
        self.id = id
        self.caller = caller
        self.expires = expires
        self.content = content
    }
}

/// The answer of a request, as a retry gets it again.
public struct KeptAnswer: Sendable, Hashable, Codable {
    /// A header field.
    public struct Field: Sendable, Hashable, Codable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: String

        /// A field.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The status.
    public var status: Int
    /// The header fields of the route.
    public var fields: [Field]
    /// The body.
    public var body: String

    /// An answer.
    public init(status: Int, fields: [Field], body: String) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

extension SavedMessage {
    /// What answers about the message are erased with.
    package var things: [IdempotencyRecord.Thing] {
        [.message(message.id, message.dialect), .conversation(message.conversation, message.dialect)]
    }
}

extension IdempotencyRecord {
    /// Who sends a request, as stores name them: the same key of two callers is two keys.
    package static func caller(_ id: String, isService: Bool) -> String { (isService ? "service:" : "user:") + id }

    /// The callers of requests that are about a user: they themselves, and the chat server for them.
    package static func callers(for user: String) -> [String] {
        [caller(user, isService: false), caller(user, isService: true)]
    }

    /// The things that answers are erased with, as stores name them.
    package enum Thing: Sendable, Hashable {
        case message(String, Dialect)
        case conversation(String, Dialect)
        case media(String)

        /// The thing as it is stored.
        package var text: String {
            switch self {
            case .message(let id, let dialect): "message:\(dialect.rawValue):\(id)"
            case .conversation(let id, let dialect): "conversation:\(dialect.rawValue):\(id)"
            case .media(let id): "media:\(id)"
            }
        }
    }
}
