import ChatBridge
import HTTPServer
import Logging
package import MediaModel
package import MediaWorker
import ObjectStore

/// Publishes validated uploads so that neither a crash nor an error leaves an object behind: objects are reserved, then
/// made visible, then referenced by a row or marked for deletion.
package struct MediaPublisher: Sendable {
    let references: any ObjectReferences
    /// Notified when objects are marked for deletion.
    let wakeOrphanDeleter: WakeSignal
    let logger: Logger

    /// Makes `media` visible and calls `show`, which writes the rows that reference it in one transaction.
    /// - Throws: errors of the stores and of `show`; then the objects are deleted.
    package func publish<Result>(_ media: ValidatedUpload, show: (MediaRecord) async throws -> Result) async throws
        -> Result
    {
        let objects = media.objects
        do {
            try await references.reserve(objects: objects)
        } catch {
            await media.abort()
            throw error
        }
        do {
            let result = try await show(try await media.commit())
            // Where an earlier attempt at the same request has published the file, these objects are of no use. Others stay.
            if IdempotentRequest.current?.isResumed == true { await markForDeletion(objects) }
            return result
        } catch {
            await markForDeletion(objects)
            throw error
        }
    }

    /// Objects that cannot be marked for deletion now stay reserved; after the next start they are found as abandoned.
    private func markForDeletion(_ objects: [String]) async {
        do {
            try await references.markForDeletion(objects: objects)
        } catch {
            logger.warning(
                "objects not marked for deletion", ["objects": objects.joined(separator: " "), "error": "\(error)"])
        }
        wakeOrphanDeleter.wake()
    }
}
