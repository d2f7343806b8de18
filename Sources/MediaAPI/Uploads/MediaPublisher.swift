import ChatBridge
import HTTPServer
import Logging
package import MediaModel
package import MediaWorker
import ObjectStore
import Tracing

/// Publishes validated uploads so that neither a crash nor an error leaves an object behind: objects are reserved, then
/// made visible, then referenced by a row or marked for deletion.
package struct MediaPublisher: Sendable {
    let references: any ObjectReferences
    /// Notified when objects are marked for deletion.
    let wakeOrphanDeleter: WakeSignal
    let logger: Logger
    /// Which objects may be shared.
    let deduplication: Deduplicator
    /// Which renditions are made of what is published.
    let renditions: RenditionRequests

    /// Makes `media` visible and calls `show`, which writes the rows that reference it in one transaction. Where objects of the
    /// same content are stored already and may be shared, these are referenced, and nothing new is stored.
    /// - Parameter owner: the user to whom the file belongs.
    /// - Throws: errors of the stores and of `show`; then the objects are deleted.
    package func publish<Result>(
        _ media: ValidatedUpload, of owner: String, show: (MediaRecord) async throws -> Result
    ) async throws -> Result {
        let objects = media.objects
        var shared: [String: ObjectKey] = [:]
        do {
            shared = try await reserve(media, of: owner)
        } catch {
            await media.abort()
            throw error
        }
        do {
            let planned = renditions.planned(try await media.commit(sharing: shared))
            let result = try await record(planned, show)
            if planned.renditions != nil { renditions.wake() }
            if IdempotentRequest.current?.isResumed == true {
                // Where an earlier attempt at the same request has published the file, these objects are of no use. Others stay.
                await markForDeletion(objects)
            } else if !shared.isEmpty {
                deduplication.count(shared, of: media)
                await endReservations(of: Array(shared.keys))
            }
            return result
        } catch {
            await markForDeletion(objects)
            throw error
        }
    }

    /// Calls `show` as a part of the trace: events that it causes follow it.
    private func record<Result>(
        _ record: MediaRecord, _ show: (MediaRecord) async throws -> Result
    ) async throws -> Result {
        guard let span = Span.begin("message", attributes: ["darkroom.kind": .text(record.kind.rawValue)]) else {
            return try await show(record)
        }
        do {
            let result = try await Span.$current.withValue(span) { try await show(record) }
            span.end()
            return result
        } catch {
            span.end(error: APIError(error).code.rawValue)
            throw error
        }
    }

    /// Reserves the objects of `media`. Returns the stored objects that are to be referenced in place of some.
    private func reserve(_ media: ValidatedUpload, of owner: String) async throws -> [String: ObjectKey] {
        guard let scope = deduplication.scope(of: owner) else {
            try await references.reserve(objects: media.objects)
            return [:]
        }
        let fingerprints = media.fingerprints(scope: scope)
        let drafts = media.objects.map { ObjectDraft(key: $0, fingerprint: fingerprints[$0]) }
        let stored = try await references.reserve(drafts)
        do {
            var existing: [String: ObjectKey] = [:]
            for draft in drafts {
                existing[draft.key] = try await existingObject(stored[draft.key], inPlaceOf: draft, of: media)
            }
            return existing
        } catch {
            await markForDeletion(media.objects)
            throw error
        }
    }

    /// The object to be shared, or another one, that the store has. Others were deleted by someone else, or lost with a restored
    /// store: they are not shared any more, and where there is none what was just sent is stored.
    private func existingObject(
        _ shared: String?, inPlaceOf draft: ObjectDraft, of media: ValidatedUpload
    ) async throws -> ObjectKey? {
        var shared = shared
        while let object = shared.flatMap(ObjectKey.init(validating:)) {
            if try await media.isStored(object, inPlaceOf: draft.key) { return object }
            logger.error("an object that would be shared is missing in the store", ["object": object.rawValue])
            try await references.setFingerprints(of: [ObjectDraft(key: object.rawValue)])
            // It ends the reservation that shares the missing one.
            shared = try await references.reserve([draft])[draft.key]
        }
        return nil
    }

    /// Reservations that cannot be ended now are found as abandoned after the next start.
    private func endReservations(of objects: [String]) async {
        do {
            try await references.endReservations(of: objects)
        } catch {
            logger.warning(
                "reservations not ended", ["objects": objects.joined(separator: " "), "error": "\(error)"])
        }
        // What was shared may have lost its last reference meanwhile.
        wakeOrphanDeleter.wake()
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
