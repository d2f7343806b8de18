import ChatBridge
import Foundation
import Logging
import ObjectStore

/// Deletes what has arrived of uploads that were not finished in time.
struct ResumableUploadCollector: Sendable {
    private static let interval = Duration.seconds(60)
    /// The number of rounds between searches of the object store, each of which needs a listing.
    private static let roundsBetweenListings = 60
    private static let batch = 100
    /// How long after an upload has expired a request may still write a part of it, in seconds.
    static let grace = 600.0
    /// How long an upload that has expired is known as such, in seconds. What was written to it late is deleted then.
    private static let memory = 86_400.0

    let store: any ResumableUploadStore
    let files: UploadFiles
    let now: @Sendable () -> Date
    let logger: Logger

    /// Runs until the task is cancelled.
    func run() async {
        var round = 0
        while !Task.isCancelled {
            if round == 0 { await collectUnknown() }
            await collectExpired()
            round = (round + 1) % Self.roundsBetweenListings
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Ends uploads that have expired, and forgets those that ended long ago.
    func collectExpired() async {
        do {
            var count = Self.batch
            while count == Self.batch {
                let expired = try await store.resumableUploads(
                    expiredBefore: now().addingTimeInterval(-Self.grace), limit: Self.batch)
                for upload in expired { try await collect(upload) }
                count = expired.count
            }
        } catch  where error.isReadOnlyStore {
            logger.debug("expired uploads wait: the store is read-only")
        } catch {
            logger.warning("expired uploads could not be deleted", ["cause": "\(error)"])
        }
    }

    private func collect(_ upload: ResumableUpload) async throws {
        try await files.deleteAll(of: upload)
        switch upload.content.state {
        case .published, .ended: try await store.deleteResumableUpload(upload.id, in: upload.dialect)
        case .open, .whole:
            var ended = upload
            ended.content.state = .ended
            ended.countedBytes = nil
            ended.expires = now().addingTimeInterval(Self.memory)
            // Where another node was faster, that is what it did.
            _ = try await store.replace(ended)
        }
    }

    /// Deletes objects of uploads that the chat store does not know, because it was restored or moved.
    func collectUnknown() async {
        do {
            // Uploads that were begun before the setting was changed have the lifetime that it had then.
            let age = Duration.seconds(Double(ResumableSettings.maximumLifetime) + Self.grace + Self.memory)
            _ = try await files.objects.abortAbandonedParts(olderThan: age)
            let limit = now().addingTimeInterval(-TimeInterval(age.components.seconds))
            var after: ObjectKey?
            repeat {
                let page = try await files.objects.list(prefix: PartwiseWrite.keyPrefix, after: after, limit: 1000)
                let old = page.entries.filter { $0.modified < limit }.map(\.key)
                if !old.isEmpty { try await files.objects.delete(old) }
                after = page.next
            } while after != nil
        } catch {
            logger.warning("objects of unknown uploads could not be deleted", ["cause": "\(error)"])
        }
    }
}
