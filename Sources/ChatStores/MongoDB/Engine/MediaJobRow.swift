import ChatBridge
import ChatDocuments
import Foundation

/// A job, and what the store keeps beside it.
struct MediaJobRow {
    var number: Int
    var job: MediaJob
    var cursor: SelectionCursor?
    var isFilled: Bool
    var runner: String?
    var runnerStart: Int
    var beat: Int

    /// The job that a document represents, without its counts.
    init(_ document: BSONDocument) throws {
        guard let id = document["_id"]?.stringValue, let request = document["request"] else {
            throw DocumentError(field: "request")
        }
        job = MediaJob(
            id: id, origin: MediaJob.Origin(rawValue: document["origin"]?.stringValue ?? "") ?? .command,
            request: try request.decoding(MediaJobRequest.self),
            idempotencyKey: document["idempotencyKey"]?.stringValue,
            createdAt: document["createdAt"]?.timestamp ?? Date(milliseconds: 0))
        job.state = MediaJob.State(rawValue: document["state"]?.stringValue ?? "") ?? .cancelled
        job.startedAt = document["startedAt"]?.timestamp
        job.endedAt = document["endedAt"]?.timestamp
        number = document["number"]?.integerValue ?? 0
        cursor = try document["cursor"].flatMap { $0.isNull ? nil : $0 }?.decoding(SelectionCursor.self)
        isFilled = document["isFilled"]?.boolValue ?? false
        runner = document["runner"]?.stringValue
        runnerStart = document["runnerStart"]?.integerValue ?? 0
        beat = document["beat"]?.integerValue ?? 0
    }
}

/// What was last seen of a job that another runner has, and at which uptime that was new.
struct ObservedJob: Sendable {
    var runner: String
    var beat: Int
    var since: Int
}
