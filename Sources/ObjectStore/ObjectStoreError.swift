/// What went wrong with an object, and how to remedy it.
public struct ObjectStoreError: Error, Sendable {
    /// What kind of failure it is. Open: a store may add its own.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable name, fit for a log line or a metric's label.
        public let rawValue: String
        /// The code of that name.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The stable name.
        public var description: String { rawValue }

        /// There is no object of that key.
        public static let notFound = Code(rawValue: "not_found")
        /// Something else exists in the place of the object.
        public static let alreadyExists = Code(rawValue: "already_exists")
        /// The store does not answer or fails; the same call may succeed later.
        public static let unavailable = Code(rawValue: "unavailable")
        /// There is no space left.
        public static let outOfSpace = Code(rawValue: "out_of_space")
        /// The text is no ``ObjectKey``, or this store cannot hold an object of that key.
        public static let invalidKey = Code(rawValue: "invalid_key")
        /// The range begins behind the end of the object.
        public static let invalidRange = Code(rawValue: "invalid_range")
        /// The signature of a URL is missing or is not ours.
        public static let invalidSignature = Code(rawValue: "invalid_signature")
        /// The signature is ours and has expired.
        public static let expired = Code(rawValue: "expired")
        /// The object was replaced.
        public static let changed = Code(rawValue: "changed")
        /// The writer was completed or aborted before.
        public static let writerClosed = Code(rawValue: "writer_closed")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What went wrong, and how to remedy it.
    public let message: String
    /// The underlying error.
    public let cause: (any Error)?

    /// An error that says what went wrong and how to remedy it.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension ObjectStoreError: CustomStringConvertible {
    /// The code, the message and the cause.
    public var description: String {
        cause.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}

extension ObjectStoreError {
    static func changed(_ key: ObjectKey) -> ObjectStoreError {
        ObjectStoreError(.changed, "The object \(key) was replaced meanwhile: look at it again.")
    }

    static let closedWriter = ObjectStoreError(
        .writerClosed, "The writer was completed or aborted before: begin a new one for each object.")
}
