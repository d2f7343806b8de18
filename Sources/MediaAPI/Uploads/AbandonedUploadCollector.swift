import ChatBridge
import Logging
import ObjectStore

/// Cleans up after crashes and clients. Every minute: direct uploads that were never written, and objects that were
/// reserved and never published. At start and hourly: uploaded files that were never sent, and writes to the object
/// store that will not be completed.
struct AbandonedUploadCollector: Sendable {
    private static let interval = Duration.seconds(60)
    /// The number of rounds between searches for unfinished writes and unsent files, each of which needs a listing.
    private static let roundsBetweenListings = 60
    private static let batch = 100

    let objects: any ObjectStore
    let references: any ObjectReferences
    let media: any MediaRepository
    /// How long an uploaded file is kept without a message that uses it.
    var waiting = Duration.seconds(86_400)
    /// The age from which incomplete uploads count as abandoned.
    let age: Duration
    let wakeOrphanDeleter: WakeSignal
    let logger: Logger

    /// Runs until the task is cancelled.
    func run() async {
        var round = 0
        while !Task.isCancelled {
            if round == 0 {
                await collectWrites()
                await collectUnsent()
            }
            await collectReserved()
            // A process that began deletions may have ended since, which other processes see only after a while.
            wakeOrphanDeleter.wake()
            round = (round + 1) % Self.roundsBetweenListings
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Marks objects of abandoned uploads for deletion.
    func collectReserved() async {
        do {
            try await markUnusedUploads()
            try await markLateUploads()
            let abandoned = try await references.markAbandonedObjectsForDeletion(reservedFor: age)
            guard !abandoned.isEmpty else { return }
            wakeOrphanDeleter.wake()
            logger.info("abandoned uploads were deleted", ["objects": "\(abandoned.count)"])
        } catch  where error.isReadOnlyStore {
            logger.debug("abandoned uploads wait: the store is read-only")
        } catch {
            logger.warning("abandoned uploads could not be searched for", ["cause": "\(error)"])
        }
    }

    /// Deletes uploaded files that were not sent within `waiting`, in batches so that the store can serve other
    /// requests in between.
    private func deleteUnsent() async throws -> Int {
        var total = 0
        while true {
            let deleted = try await media.deleteUnreferencedMedia(waiting: waiting, limit: Self.batch)
            total += deleted
            if deleted < Self.batch { return total }
        }
    }

    /// Marks keys for deletion to which clients could write until now.
    private func markLateUploads() async throws {
        var ended = Self.batch
        while ended == Self.batch {
            ended = try await references.markLateUploadsForDeletion(limit: Self.batch)
            if ended > 0 { wakeOrphanDeleter.wake() }
        }
    }

    private func collectUnsent() async {
        do {
            let unsent = try await deleteUnsent()
            guard unsent > 0 else { return }
            wakeOrphanDeleter.wake()
            logger.info("uploads that were never sent were deleted", ["files": "\(unsent)"])
        } catch  where error.isReadOnlyStore {
            logger.debug("uploads that were never sent wait: the store is read-only")
        } catch {
            logger.warning("uploads that were never sent could not be searched for", ["cause": "\(error)"])
        }
    }

    private func collectWrites() async {
        do {
            let aborted = try await objects.abortAbandonedWrites(olderThan: age)
            if aborted > 0 { logger.info("unfinished writes were aborted", ["writes": "\(aborted)"]) }
        } catch {
            logger.warning("abandoned uploads could not be searched for", ["cause": "\(error)"])
        }
    }

    /// Abandons direct uploads whose URL has expired without an object. Those with an object wait for their message.
    private func markUnusedUploads() async throws {
        while case let keys = try await references.uncheckedUploads(limit: Self.batch), !keys.isEmpty {
            var (used, unused) = ([String](), [String]())
            for key in keys {
                let info = try await ObjectKey(validating: key).asyncMap { try await objects.info($0) }
                if info == nil { unused.append(key) } else { used.append(key) }
            }
            try await references.retainUploads(used)
            try await references.markForDeletion(objects: unused)
            if !unused.isEmpty { wakeOrphanDeleter.wake() }
        }
    }
}

extension Optional {
    /// The result of `transform` for the value; `nil` without a value.
    fileprivate func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result?) async rethrows -> Result? {
        guard let value = self else { return nil }
        return try await transform(value)
    }
}
