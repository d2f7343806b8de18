import ChatBridge
import Foundation
import Logging
import ObjectStore

/// Ends what crashes left behind: at start and hourly, writes that nobody will complete and objects that were reserved and
/// never shown; and files that were uploaded to be sent and never were.
struct Reaper: Sendable {
    private static let interval = Duration.seconds(3600)
    private static let batch = 100

    let objects: any ObjectStore
    let ledger: any ObjectLedger
    let media: any MediaCatalogue
    /// How long a file that was uploaded waits for the message that shows it.
    var waiting: TimeInterval = 86_400
    /// How old half-made things must be.
    let age: Duration
    let wakeSweeper: WakeSignal
    let now: @Sendable () -> Date
    let logger: Logger

    /// Reaps until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await reap()
            try? await Task.sleep(for: Self.interval)
        }
    }

    func reap() async {
        do {
            let aborted = try await objects.abortAbandonedWrites(olderThan: age)
            let since = now().addingTimeInterval(-Double(age.components.seconds))
            let abandoned = try await ledger.abandonedObjects(olderThan: since)
            try await ledger.doom(objects: abandoned)
            let unsent = try await deleteUnsent()
            if abandoned.count + unsent > 0 { wakeSweeper.wake() }
            if unsent > 0 { logger.info("uploads that were never sent were deleted", ["files": "\(unsent)"]) }
            if aborted + abandoned.count > 0 {
                logger.info(
                    "half-made uploads were ended", ["writes": "\(aborted)", "objects": "\(abandoned.count)"])
            }
        } catch {
            logger.warning("half-made uploads could not be looked for", ["cause": "\(error)"])
        }
    }

    /// Deletes files that were uploaded for messages and waited long enough for one, some at a time: the store answers
    /// others between.
    private func deleteUnsent() async throws -> Int {
        var total = 0
        while true {
            let deleted = try await media.deleteUnshownMedia(
                olderThan: now().addingTimeInterval(-waiting), limit: Self.batch)
            total += deleted
            if deleted < Self.batch { return total }
        }
    }
}
