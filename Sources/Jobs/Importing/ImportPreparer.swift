import Bytes
import ChatBridge
import Foundation
import Logging
import MediaModel
import MediaWorker
import ObjectStore

/// Makes the medium of an object that was written by others, up to its registration: validates the object where it is, and stores its preview.
struct ImportPreparer: Sendable {
    /// How the keys of previews begin.
    static let previewPrefix = "media/imported/"

    let references: any ObjectReferences
    let objects: any ObjectStore
    let inspector: StoredInspector
    /// What is accepted, and which previews are made.
    var policy: MediaPolicy
    let ids: ObjectIDGenerator
    let now: @Sendable () -> Date
    let logger: Logger

    /// One that accepts what is within `limits` too.
    func narrowed(by limits: MediaLimits) -> ImportPreparer {
        var preparer = self
        preparer.policy = policy.narrowed(by: limits)
        return preparer
    }

    /// The medium that the object `key` is to become. Its preview is stored; what does not register the medium has to ``discard(_:)`` it.
    /// - Parameter reserve: reserves the object of a preview, before it is written.
    /// - Throws: `MediaError` when the object is not accepted, does not exist or the object store fails; what `reserve` throws. Nothing is left behind
    ///   then.
    func prepare(
        _ key: ObjectKey, as origin: ImportOrigin, reserve: (String) async throws -> Void
    ) async throws -> MediaItem {
        let file = try await inspector.validate(key, policy: policy)
        if let kind = origin.kind, file.inspection.kind != kind {
            throw MediaError(
                .wrongKind, "The file is of the kind \(file.inspection.kind.rawValue), not \(kind.rawValue).")
        }
        let id = ids.next(at: now()).description
        var thumbnail: ObjectKey?
        if let picture = file.inspection.thumbnail {
            guard let key = ObjectKey(validating: "\(Self.previewPrefix)\(id)-thumb.jpg") else {
                throw MediaError(.internal, "The key of a thumbnail is not valid.")
            }
            try await reserve(key.rawValue)
            do { try await objects.storeThumbnail(picture, at: key) } catch {
                await discard([key.rawValue])
                throw error
            }
            thumbnail = key
        }
        return MediaItem(
            id: id, dialect: origin.dialect, owner: origin.owner, record: file.record(thumbnailKey: thumbnail),
            createdAt: file.object.modified)
    }

    /// Marks what was stored for a medium for deletion. The object itself stays.
    func discard(_ media: MediaItem) async { await discard(media.record.objects.filter { $0 != media.record.key }) }

    /// What cannot be marked for deletion now stays reserved, and is found as abandoned once this process has ended.
    private func discard(_ keys: [String]) async {
        guard !keys.isEmpty else { return }
        do {
            try await references.markForDeletion(objects: keys)
        } catch {
            logger.warning(
                "objects not marked for deletion", ["objects": keys.joined(separator: " "), "error": "\(error)"])
        }
    }
}
