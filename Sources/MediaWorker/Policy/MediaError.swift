/// Why a file is not taken.
public struct MediaError: Error, Sendable, CustomStringConvertible {
    /// A stable word for each reason: an open set.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable {
        /// The word.
        public let rawValue: String

        /// A code of that word.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// There are no bytes.
        public static let empty = Code(rawValue: "empty")
        /// The content is of no format that is taken here.
        public static let unsupported = Code(rawValue: "unsupported")
        /// The content is not what its format prescribes.
        public static let unreadable = Code(rawValue: "unreadable")
        /// The end is missing.
        public static let truncated = Code(rawValue: "truncated")
        /// It plays for longer than the policy allows.
        public static let tooLong = Code(rawValue: "too_long")
        /// It has more bytes than the policy allows.
        public static let tooLarge = Code(rawValue: "too_large")
        /// A picture has more pixels than the policy allows.
        public static let tooManyPixels = Code(rawValue: "too_many_pixels")
        /// The container has more streams than the policy allows.
        public static let tooManyStreams = Code(rawValue: "too_many_streams")
        /// Reading it would cost more than its size explains.
        public static let tooComplex = Code(rawValue: "too_complex")
        /// It is fine, but not of a kind that is taken here.
        public static let wrongKind = Code(rawValue: "wrong_kind")
        /// It is not what it was declared to be.
        public static let mismatch = Code(rawValue: "mismatch")
        /// It took longer than the policy allows.
        public static let deadline = Code(rawValue: "deadline")
        /// Reading it would take more memory than one file may have.
        public static let outOfMemory = Code(rawValue: "out_of_memory")
        /// It brought down the process that inspected it.
        public static let crashed = Code(rawValue: "crashed")
        /// Whoever inspected it was ended from outside, more than once.
        public static let interrupted = Code(rawValue: "interrupted")
        /// Nobody waits for the answer any more.
        public static let cancelled = Code(rawValue: "cancelled")
        /// Too much other work waits.
        public static let busy = Code(rawValue: "busy")
        /// The object store could not take it; its own error is the cause.
        public static let storage = Code(rawValue: "storage")
        /// A needed part of the file was not there: only for a job whose `present` leaves something out.
        public static let incomplete = Code(rawValue: "incomplete")
        /// The machine has no room for it now: no descriptor, no memory.
        public static let noRoom = Code(rawValue: "no_room")
        /// Our own failure.
        public static let `internal` = Code(rawValue: "internal")
    }

    /// The reason.
    public let code: Code
    /// What is wrong and what to do about it, for the sender.
    public let message: String
    /// How long it plays, in seconds, when it is too long.
    public let duration: Double?
    /// The policy's limit in the unit of `code`: seconds, bytes, pixels or streams.
    public let limit: Double?
    /// What lay beneath, for the log.
    public let cause: (any Error)?

    /// A refusal with its reason.
    public init(
        _ code: Code, _ message: String, duration: Double? = nil, limit: Double? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        // A number that is none would keep the error from being told.
        self.duration = duration.flatMap { Seconds($0)?.value }
        self.limit = limit.flatMap { $0.isFinite ? $0 : nil }
        self.cause = cause
    }

    /// The code, the message and the cause.
    public var description: String {
        "\(code.rawValue): \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}
