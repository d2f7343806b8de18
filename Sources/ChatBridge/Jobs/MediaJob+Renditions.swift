public import Foundation
public import MediaModel

extension MediaJob {
    /// The job that makes a pending rendition of the object `key`; `nil` for one that no job is to make.
    public init?(_ rendition: Rendition, of key: String, createdAt: Date) {
        guard rendition.status == .pending, let id = rendition.job else { return nil }
        self.init(
            id: id, origin: .rendition, request: MediaJobRequest(making: rendition.profile, of: key),
            createdAt: createdAt)
    }

    /// The jobs that make the pending renditions of `records`.
    package static func renditions(of records: [MediaRecord], createdAt: Date) -> [MediaJob] {
        records.flatMap { record in
            (record.renditions ?? []).compactMap { MediaJob($0, of: record.key, createdAt: createdAt) }
        }
    }

    /// What the cancellation of the job changes: its rendition, where that is pending. `nil` for other jobs.
    package var cancellation: (object: String, change: MediaChange)? {
        guard let profile = request.rendition, let key = request.keys?.first else { return nil }
        let change = MediaChange(objects: []) { [id] record in
            guard var rendition = record.rendition(profile), rendition.job == id, rendition.status == .pending else {
                return record
            }
            rendition.status = .cancelled
            return record.with(rendition)
        }
        return (key, change)
    }
}
