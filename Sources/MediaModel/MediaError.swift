/// Why a file was rejected, or could not be inspected or stored.
public struct MediaError: Error, Sendable, CustomStringConvertible {
    /// A stable identifier for each reason. The set is open: more may be added.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable {
        /// The identifier, in snake case.
        public let rawValue: String

        /// Creates a code with that identifier.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The file has no bytes.
        public static let empty = Code(rawValue: "empty")
        /// The content is of no accepted format.
        public static let unsupported = Code(rawValue: "unsupported")
        /// The content violates the specification of its format.
        public static let unreadable = Code(rawValue: "unreadable")
        /// The end of the file is missing.
        public static let truncated = Code(rawValue: "truncated")
        /// The duration exceeds the policy's limit.
        public static let tooLong = Code(rawValue: "too_long")
        /// The size exceeds the policy's limit.
        public static let tooLarge = Code(rawValue: "too_large")
        /// A picture has more pixels than the policy allows.
        public static let tooManyPixels = Code(rawValue: "too_many_pixels")
        /// The container has more streams than the policy allows.
        public static let tooManyStreams = Code(rawValue: "too_many_streams")
        /// Reading the file would cost more than its size explains.
        public static let tooComplex = Code(rawValue: "too_complex")
        /// The file is valid, but of a kind that the policy does not accept.
        public static let wrongKind = Code(rawValue: "wrong_kind")
        /// The content is not what was declared.
        public static let mismatch = Code(rawValue: "mismatch")
        /// The inspection took longer than the policy allows.
        public static let deadline = Code(rawValue: "deadline")
        /// Reading the file would need more memory than one file may use.
        public static let outOfMemory = Code(rawValue: "out_of_memory")
        /// The file crashed the process that inspected it.
        public static let crashed = Code(rawValue: "crashed")
        /// The processes that inspected the file were killed from outside, more than once.
        public static let interrupted = Code(rawValue: "interrupted")
        /// The caller no longer waits for the result.
        public static let cancelled = Code(rawValue: "cancelled")
        /// Too many other files wait for inspection.
        public static let busy = Code(rawValue: "busy")
        /// Metadata that are to be removed from the file may be left in it.
        public static let metadataLeft = Code(rawValue: "metadata_left")
        /// The scanner found malware in the file.
        public static let infected = Code(rawValue: "infected")
        /// The scanner did not say whether the file has malware.
        public static let scanUnavailable = Code(rawValue: "scan_unavailable")
        /// The object store failed; ``MediaError/cause`` is its own error.
        public static let storage = Code(rawValue: "storage")
        /// A needed part of the file was not available: only for an inspection that was given a part of the file.
        public static let incomplete = Code(rawValue: "incomplete")
        /// The machine has no file descriptor or memory left for the file at the moment.
        public static let outOfResources = Code(rawValue: "no_room")
        /// A failure of the service itself.
        public static let `internal` = Code(rawValue: "internal")

        /// Whether the reason is not the file: another attempt with it may succeed.
        public var isTransient: Bool { Self.transient.contains(self) }

        private static let transient: Set<Code> = [
            .busy, .internal, .storage, .outOfResources, .interrupted, .cancelled, .scanUnavailable,
        ]
    }

    /// The reason, for programs.
    public let code: Code
    /// What is wrong and what to do about it, for the sender of the file.
    public let message: String
    /// The file's duration in seconds, where ``code`` is ``Code/tooLong``.
    public let duration: Double?
    /// The policy's limit in the unit of ``code``: seconds, bytes, pixels or streams.
    public let limit: Double?
    /// The underlying error, for the log.
    public let cause: (any Error)?

    /// Creates an error. A `duration` or `limit` that JSON cannot represent (infinite, NaN) is dropped.
    public init(
        _ code: Code, _ message: String, duration: Double? = nil, limit: Double? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.duration = duration.flatMap { Seconds($0)?.value }
        self.limit = limit.flatMap { $0.isFinite ? $0 : nil }
        self.cause = cause
    }

    /// The code, the message and the cause, for the log.
    public var description: String {
        "\(code.rawValue): \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}
