import Bytes
public import ChatBridge
public import Foundation
public import Logging
public import MediaModel
public import MediaWorker
public import ObjectStore

/// Registers objects that were written by others as media. Each is validated where it is, by reading the ranges that are needed, and stays there;
/// its preview is made. From then on it is a medium as any other: deleting the medium deletes the object.
public struct MediaImporter: Sendable {
    private let chat: any MediaRepository & ObjectReferences
    private let objects: any ObjectStore
    private let inspector: StoredInspector
    private let policy: MediaPolicy
    private let ids: ObjectIDGenerator
    private let now: @Sendable () -> Date
    private let logger: Logger

    /// An importer of the objects in `objects`.
    /// - Parameter policy: what is accepted, and which previews are made.
    public init(
        chat: any MediaRepository & ObjectReferences, objects: any ObjectStore, inspector: StoredInspector,
        policy: MediaPolicy, ids: ObjectIDGenerator = ObjectIDGenerator(),
        now: @escaping @Sendable () -> Date = { Date() }, logger: Logger
    ) {
        self.chat = chat
        self.objects = objects
        self.inspector = inspector
        self.policy = policy
        self.ids = ids
        self.now = now
        self.logger = logger
    }

    /// The result of an import.
    public enum Result: Sendable {
        /// It is a medium now.
        case registered(MediaItem)
        /// A message or a medium has it already. `nil` where it is no medium's original.
        case known(MediaItem?)
        /// It is about to be written or deleted here.
        case inUse
    }

    /// Validates and registers the object `key`. Of several calls at the same time, also on several nodes, one registers it.
    /// - Throws: `MediaError` when it is not accepted, does not exist or the object store fails; `ChatError` when the chat store fails. Nothing is
    ///   left behind then.
    public func register(_ key: ObjectKey, as origin: ImportOrigin) async throws -> Result {
        let file = try await inspector.validate(key, policy: policy)
        if let kind = origin.kind, file.inspection.kind != kind {
            throw MediaError(
                .wrongKind, "The file is of the kind \(file.inspection.kind.rawValue), not \(kind.rawValue).")
        }
        let id = ids.next(at: now()).description
        guard let picture = file.inspection.thumbnail else { return try await register(file, nil, id, origin) }
        guard let thumbnail = ObjectKey(validating: "media/imported/\(id)-thumb.jpg") else {
            throw MediaError(.internal, "The key of a thumbnail is not valid.")
        }
        try await chat.reserve(objects: [thumbnail.rawValue])
        do {
            try await objects.storeThumbnail(picture, at: thumbnail)
            let result = try await register(file, thumbnail, id, origin)
            if case .registered = result { return result }
            await discard(thumbnail)
            return result
        } catch {
            await discard(thumbnail)
            throw error
        }
    }

    private func register(
        _ file: StoredFile, _ thumbnail: ObjectKey?, _ id: String, _ origin: ImportOrigin
    ) async throws -> Result {
        let media = MediaItem(
            id: id, dialect: origin.dialect, owner: origin.owner, record: file.record(thumbnailKey: thumbnail),
            createdAt: file.object.modified)
        switch try await chat.register(media) {
        case .registered: return .registered(media)
        case .referenced(let known): return .known(known)
        case .inUse: return .inUse
        }
    }

    /// A thumbnail that cannot be marked for deletion now stays reserved, and is found as abandoned once this process has ended.
    private func discard(_ thumbnail: ObjectKey) async {
        do {
            try await chat.markForDeletion(objects: [thumbnail.rawValue])
        } catch {
            logger.warning("an object is not marked for deletion", ["object": thumbnail.rawValue, "error": "\(error)"])
        }
    }
}
