package import ChatBridge
import HTTPServer
import MediaModel
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
        let objects = ([media.objectKey] + (media.thumbnailKey.map { [$0] } ?? [])).map(\.rawValue)
        do {
            try await references.reserve(objects: objects)
        } catch {
            await media.abort()
            throw error
        }
        do {
            return try await show(MediaRecord(try await media.commit()))
        } catch {
            // What cannot be doomed now stays reserved, and is found abandoned at the next start.
            try? await references.markForDeletion(objects: objects)
            wakeOrphanDeleter.wake()
            throw error
        }
    }
}

extension MediaRecord {
    /// What chat keeps of a stored medium.
    init(_ media: StoredMedia) {
        self.init(
            key: media.key.rawValue, thumbnailKey: media.thumbnailKey?.rawValue,
            thumbnailAbsence: media.thumbnailAbsence, blurHash: media.blurHash, kind: media.kind,
            mimeType: media.mimeType, fileSize: media.fileSize, sha256: media.sha256,
            // Milliseconds are what is told of it, everywhere alike.
            duration: media.duration.map { ($0 * 1000).rounded() / 1000 },
            dimensions: media.dimensions,
            waveform: media.waveform, originalName: media.originalName)
    }
}
