import Bytes
public import ChatBridge
public import Foundation
public import Logging
import MediaModel
public import MediaWorker
public import ObjectStore

/// Processes one item of a job: deletes it, registers an object as a medium, or creates the derivatives of a stored one again. Then it reads the parts of the object that are needed, and stores the
/// results as new objects. Messages and media are not changed here: the change is returned, to be stored in one
/// transaction with the end of the item.
public struct Reprocessor: Sendable {
    /// The result of processing an item.
    struct Outcome: Sendable {
        var end: MediaJobItem.End
        var change: MediaChange?
    }

    let chat: any MediaJobStore & ObjectReferences
    let objects: any ObjectStore
    private let inspector: StoredInspector
    let renditions: (any RenditionMaking)?
    /// How far renditions are that are made now.
    let progress: RenditionProgress?
    private let settings: ReprocessSettings
    private let eraser: UserEraser?
    let ids: ObjectIDGenerator
    let now: @Sendable () -> Date
    private let logger: Logger

    /// A reprocessor of the objects in `objects` and their records in `chat`.
    /// - Parameters:
    ///   - eraser: deletes what is stored for users; `nil` where no job does.
    ///   - renditions: makes renditions; `nil` where no such jobs are executed.
    ///   - progress: records the progress of renditions.
    public init(
        chat: any MediaJobStore & ObjectReferences, objects: any ObjectStore, inspector: StoredInspector,
        settings: ReprocessSettings, eraser: UserEraser? = nil, renditions: (any RenditionMaking)? = nil,
        progress: RenditionProgress? = nil, ids: ObjectIDGenerator = ObjectIDGenerator(),
        now: @escaping @Sendable () -> Date = { Date() }, logger: Logger
    ) {
        self.chat = chat
        self.objects = objects
        self.inspector = inspector
        self.renditions = renditions
        self.progress = progress
        self.settings = settings
        self.eraser = eraser
        self.ids = ids
        self.now = now
        self.logger = logger
    }

    /// Processes `item` according to `request`. When the task is cancelled, the item is requeued.
    func process(_ item: MediaJobItem, _ request: MediaJobRequest) async -> Outcome {
        guard item.attempts <= MediaJobItem.maximumAttempts else {
            let reason = MediaJobItem.Reason(
                "interrupted", "The program ended each time while it processed this object.")
            return Outcome(end: .failed(reason), change: failedRendition(item, request, reason))
        }
        do {
            if let user = request.erasedUser, let eraser {
                try await eraser.erase(item.object, of: user)
                return Outcome(end: .erased)
            }
            if request.expiries != nil, let eraser, let file = ExpiredFile(item: item.object) {
                return Outcome(end: try await eraser.expire(file) || item.attempts > 1 ? .erased : .known)
            }
            if let rules = request.importRules { return try await registered(item, rules) }
            if let profile = request.rendition { return try await rendition(profile, of: item) }
            return try await regenerate(item, request)
        } catch {
            guard !Task.isCancelled else { return Outcome(end: .requeue) }
            let end = item.end(after: error, attempts: settings.attempts)
            guard case .failed(let reason) = end else { return Outcome(end: end) }
            return Outcome(end: end, change: failedRendition(item, request, reason))
        }
    }

    /// Deletes objects that were stored for a change that was not applied.
    func discard(_ change: MediaChange?) async {
        guard let objects = change?.objects, !objects.isEmpty else { return }
        await markForDeletion(objects)
    }

    /// Objects that cannot be marked for deletion now stay reserved, and are found as abandoned once this process has ended.
    func markForDeletion(_ objects: [String]) async {
        do {
            try await chat.markForDeletion(objects: objects)
        } catch {
            logger.warning(
                "objects not marked for deletion", ["objects": objects.joined(separator: " "), "error": "\(error)"])
        }
    }

    /// Makes the medium that the object is to become. It is saved with the end of the item.
    private func registered(_ item: MediaJobItem, _ rules: [String]) async throws -> Outcome {
        guard try await !chat.references(item.object) else { return Outcome(end: .known) }
        guard let key = ObjectKey(validating: item.object) else {
            return Outcome(end: .failed(.unusableName))
        }
        guard key.mayBeImported, let origin = ImportRules(rules).origin(of: item.object)
        else {
            return Outcome(end: .skipped(.noRule))
        }
        let preparer = ImportPreparer(
            references: chat, objects: objects, inspector: inspector, policy: importPolicy, ids: ids, now: now,
            logger: logger)
        let media = try await preparer.prepare(key, as: origin) { try await chat.reserve($0, for: item) }
        let preview = media.record.objects.filter { $0 != item.object }
        return Outcome(end: .registered(media), change: MediaChange(objects: preview) { $0 })
    }

    /// What is registered is accepted as an upload of the native API is.
    private var importPolicy: MediaPolicy {
        let containers = Set(MediaFormat.allCases)
        return MediaPolicy(
            kinds: Set(MediaKind.allCases), videoContainers: containers, audioContainers: containers,
            imageFormats: containers, thumbnail: settings.thumbnail, waveform: settings.waveform
        ).narrowed(by: settings.importLimits)
    }

    private func regenerate(_ item: MediaJobItem, _ request: MediaJobRequest) async throws -> Outcome {
        let records = try await chat.records(of: item.object)
        guard let record = records.first, let key = ObjectKey(validating: item.object) else {
            return Outcome(end: request.keys == nil ? .skipped(.gone) : .failed(.notShown))
        }
        let wanted = request.only.filter { $0.kinds.contains(record.kind) }
        guard !wanted.isEmpty, request.kinds.contains(record.kind) else {
            return Outcome(end: .skipped(.nothingToCreate))
        }
        let inspection = try await inspector.inspect(key, policy: policy(wanted))
        guard inspection.kind == record.kind else {
            return Outcome(end: .failed(.otherKind(record.kind, now: inspection.kind)))
        }
        var written: ObjectKey?
        if wanted.contains(.thumbnail), let picture = inspection.thumbnail {
            written = try await store(picture, for: item, beside: key, referencedBy: records)
        }
        let thumbnail = written?.rawValue
        return Outcome(
            end: .made,
            change: MediaChange(objects: thumbnail.map { [$0] } ?? []) { record in
                record.revised(by: inspection, thumbnail: thumbnail, wanted)
            })
    }

    /// The policy of inspections: stored objects have been accepted before, so only the amount of work is limited.
    private func policy(_ wanted: Set<Derivative>) -> MediaPolicy {
        let containers = Set(MediaFormat.allCases)
        return MediaPolicy(
            kinds: Set(MediaKind.allCases), videoContainers: containers, audioContainers: containers,
            imageFormats: containers, maximumBytes: .max, computesSHA256: false,
            thumbnail: wanted.contains(.thumbnail) ? settings.thumbnail : nil,
            waveform: wanted.contains(.waveform) ? settings.waveform : nil)
    }

    /// Stores `picture` under a new key: URLs of the old thumbnail show it until they expire, and an interrupted
    /// attempt does not affect others. Returns `nil` when the same picture is stored already.
    /// - Throws: `MediaError` when the key would be too long; errors of the stores.
    private func store(
        _ picture: [UInt8], for item: MediaJobItem, beside key: ObjectKey, referencedBy records: [MediaRecord]
    ) async throws -> ObjectKey? {
        let old = Set(records.map(\.thumbnailKey))
        if old.count == 1, let old = old.first ?? nil, await contains(old, picture) { return nil }
        let ending = "-thumb-\(ids.next(at: now())).jpg"
        guard let new = ObjectKey(validating: key.rawValue.withoutExtension + ending) else {
            throw MediaError(.internal, "The key of a thumbnail of \(key) would be too long.")
        }
        try await chat.reserve(new.rawValue, for: item)
        do {
            try await objects.storeThumbnail(picture, at: new)
        } catch {
            await markForDeletion([new.rawValue])
            throw error
        }
        return new
    }

    /// Whether the object `key` contains `bytes`; false for an object that cannot be read, which is replaced.
    private func contains(_ key: String, _ bytes: [UInt8]) async -> Bool {
        guard let key = ObjectKey(validating: key) else { return false }
        do {
            guard try await objects.info(key)?.size == bytes.count else { return false }
            var rest = bytes[...]
            for try await chunk in try await objects.read(key, range: nil) {
                guard chunk.withUnsafeBytes({ rest.starts(with: $0) }) else { return false }
                rest = rest.dropFirst(chunk.count)
            }
            return rest.isEmpty
        } catch {
            logger.debug("a thumbnail cannot be read", ["object": key.rawValue, "error": "\(error)"])
            return false
        }
    }
}

extension MediaJobItem.Reason {
    static let noRule = Self("no_rule", "No rule of the job covers the key.")
    static let notShown = Self("not_shown", "No message or medium shows an object of this key.")
    static let nothingToCreate = Self("nothing_to_make", "Media of this kind have none of the requested derivatives.")

    static func otherKind(_ kind: MediaKind, now other: MediaKind) -> Self {
        Self("other_kind", "The object was accepted as \(kind.rawValue) and is \(other.rawValue) now.")
    }
}

extension String {
    /// The key without what follows the last dot of its last segment.
    var withoutExtension: String {
        guard let dot = lastIndex(of: "."), !self[dot...].contains("/") else { return self }
        return String(self[..<dot])
    }
}
