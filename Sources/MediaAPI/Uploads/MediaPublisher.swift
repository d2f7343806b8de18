import ChatBridge
import HTTPServer
package import MediaModel
package import MediaWorker
import ObjectStore

/// Hands what MediaWorker judged to whoever makes something of it, so that neither a crash nor a refusal leaves an
/// object behind: reserved first, then visible, then shown by a row or doomed.
package struct MediaPublisher: Sendable {
    let references: any ObjectReferences
    /// Told when there is something to sweep.
    let wakeOrphanDeleter: WakeSignal

    /// Makes `media` visible and lets `show` write the rows that show it, in its one transaction.
    package func land<Result>(_ media: ValidatedUpload, show: (MediaRecord) async throws -> Result) async throws
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
            return try await show(try await media.commit())
        } catch {
            // What cannot be doomed now stays reserved, and is found abandoned at the next start.
            try? await references.markForDeletion(objects: objects)
            wakeOrphanDeleter.wake()
            throw error
        }
    }
}
