import ChatBridge
import Logging
import ObjectStore

/// Ends what crashes and clients left behind: each minute, uploads that were allowed and never made, and objects that were
/// reserved and never shown; at start and hourly, files that were uploaded to be sent and never were, and writes to the object
/// store that nobody will complete.
struct AbandonedUploadCollector: Sendable {
    private static let interval = Duration.seconds(60)
    /// Of how many rounds one looks for unfinished writes and unsent files, which costs a listing of each.
    private static let roundsBetweenListings = 60
    private static let batch = 100

    let objects: any ObjectStore
    let references: any ObjectReferences
    let media: any MediaRepository
    /// How long a file that was uploaded waits for the message that shows it.
    var waiting = Duration.seconds(86_400)
    /// How old half-made things must be.
    let age: Duration
    let wakeOrphanDeleter: WakeSignal
    let logger: Logger

    /// Reaps until the task is cancelled.
    func run() async {
        var round = 0
        while !Task.isCancelled {
            if round == 0 {
                await reapWrites()
                await reapUnsent()
            }
            await reap()
            round = (round + 1) % Self.roundsBetweenListings
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Gives up what was reserved for nothing.
    func reap() async {
        do {
            try await giveUpUnused()
            try await doomLate()
            let abandoned = try await references.markAbandonedObjectsForDeletion(reservedFor: age)
            guard !abandoned.isEmpty else { return }
            wakeOrphanDeleter.wake()
            logger.info("half-made uploads were ended", ["objects": "\(abandoned.count)"])
        } catch {
            logger.warning("half-made uploads could not be looked for", ["cause": "\(error)"])
        }
    }

    /// Deletes files that were uploaded for messages and waited long enough for one, some at a time: the store answers
    /// others between.
    private func deleteUnsent() async throws -> Int {
        var total = 0
        while true {
            let deleted = try await media.deleteUnreferencedMedia(waiting: waiting, limit: Self.batch)
            total += deleted
            if deleted < Self.batch { return total }
        }
    }

    /// Has the keys looked at to which clients could write until now.
    private func doomLate() async throws {
        var ended = Self.batch
        while ended == Self.batch {
            ended = try await references.markLateUploadsForDeletion(limit: Self.batch)
            if ended > 0 { wakeOrphanDeleter.wake() }
        }
    }

    private func reapUnsent() async {
        do {
            let unsent = try await deleteUnsent()
            guard unsent > 0 else { return }
            wakeOrphanDeleter.wake()
            logger.info("uploads that were never sent were deleted", ["files": "\(unsent)"])
        } catch {
            logger.warning("uploads that were never sent could not be looked for", ["cause": "\(error)"])
        }
    }

    private func reapWrites() async {
        do {
            let aborted = try await objects.abortAbandonedWrites(olderThan: age)
            if aborted > 0 { logger.info("half-made uploads were ended", ["writes": "\(aborted)"]) }
        } catch {
            logger.warning("half-made uploads could not be looked for", ["cause": "\(error)"])
        }
    }

    /// Gives up uploads whose address has ended and that were never made. Those that were wait for their message.
    private func giveUpUnused() async throws {
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
    /// What `transform` makes of the value, if there is one and it makes one.
    fileprivate func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result?) async rethrows -> Result? {
        guard let value = self else { return nil }
        return try await transform(value)
    }
}
