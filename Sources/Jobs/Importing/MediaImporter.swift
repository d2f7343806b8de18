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
    private let preparer: ImportPreparer

    /// An importer of the objects in `objects`.
    /// - Parameter policy: what is accepted, and which previews are made.
    public init(
        chat: any MediaRepository & ObjectReferences, objects: any ObjectStore, inspector: StoredInspector,
        policy: MediaPolicy, ids: ObjectIDGenerator = ObjectIDGenerator(),
        now: @escaping @Sendable () -> Date = { Date() }, logger: Logger
    ) {
        self.chat = chat
        preparer = ImportPreparer(
            references: chat, objects: objects, inspector: inspector, policy: policy, ids: ids, now: now, logger: logger
        )
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

    /// Validates and registers the object `key`, where it is within `limits` too. Of several calls at the same time, also on several nodes, one registers it.
    /// - Throws: `MediaError` when it is not accepted, does not exist or the object store fails; `ChatError` when the chat store fails. Nothing is
    ///   left behind then.
    public func register(
        _ key: ObjectKey, as origin: ImportOrigin, within limits: MediaLimits = MediaLimits()
    ) async throws -> Result {
        let media = try await preparer.narrowed(by: limits).prepare(key, as: origin) {
            try await chat.reserve(objects: [$0])
        }
        do {
            let result = try await chat.register(media)
            if result != .registered { await preparer.discard(media) }
            switch result {
            case .registered: return .registered(media)
            case .referenced(let known): return .known(known)
            case .inUse: return .inUse
            }
        } catch {
            await preparer.discard(media)
            throw error
        }
    }
}
