import ChatBridge
import Foundation
import Jobs
import MediaModel

/// Asks for renditions: of every upload as the settings say, and of single media.
struct RenditionRequests: Sendable {
    /// Those that are made of every upload of their kind.
    let profiles: [RenditionProfile]
    let store: any MediaJobStore
    let ids: ObjectIDGenerator
    let now: @Sendable () -> Date
    /// Notes that there may be a new job.
    let wake: @Sendable () -> Void

    /// The record of a new file, with the renditions that are to be made of it. What saves the record also adds the jobs that make them.
    func planned(_ record: MediaRecord) -> MediaRecord {
        profiles.filter { $0.kind == record.kind }.reduce(record) { $0.with(pending($1)) }
    }

    /// Adds the jobs that make renditions of a medium; not of those that are pending, or were made.
    /// - Returns: whether the medium is still there.
    func request(_ profiles: [RenditionProfile], of record: MediaRecord) async throws -> Bool {
        for profile in profiles {
            let current = record.rendition(profile)
            if current?.status == .pending || current?.isPlayable == true { continue }
            let rendition = pending(profile)
            guard let job = MediaJob(rendition, of: record.key, createdAt: now()) else { continue }
            let change = MediaChange(objects: []) { record in
                record.rendition(profile)?.isPlayable == true ? record : record.with(rendition)
            }
            guard try await store.add(job, changing: record.key, change) else { return false }
        }
        wake()
        return true
    }

    private func pending(_ profile: RenditionProfile) -> Rendition {
        Rendition(pending: profile, job: ids.next(at: now()).description)
    }
}
