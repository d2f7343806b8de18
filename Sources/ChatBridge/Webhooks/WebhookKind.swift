/// What a webhook is about.
public enum WebhookKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// A file was validated and is stored.
    case mediaValidated = "media.validated"
    /// A file that was sent was not accepted.
    case mediaRejected = "media.rejected"
    /// A thumbnail or waveform of a stored file was made, with the file or later.
    case derivativeReady = "media.derivative.ready"
    /// A medium was deleted, or a file of a message that stays.
    case mediaDeleted = "media.deleted"
    /// A message was saved.
    case messageCreated = "message.created"
    /// A message was deleted for everyone.
    case messageDeleted = "message.deleted"
    /// A job has completed or was cancelled.
    case jobFinished = "job.finished"
    /// Devices are to be notified of a message. It has their tokens.
    case pushRequested = "push.requested"

    /// What an endpoint receives that names no kinds: all but those with tokens of devices.
    public static let standard: [WebhookKind] = allCases.filter { $0 != .pushRequested }
}
