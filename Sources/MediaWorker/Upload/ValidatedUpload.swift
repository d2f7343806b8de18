public import MediaModel
public import ObjectStore

/// A file that passed, all of it with the store and none of it visible yet.
public struct ValidatedUpload: Sendable {
    /// What it is.
    public let inspection: Inspection
    /// Of what is stored, in bytes.
    public let size: Int
    /// SHA-256 of all that is stored, in lower-case hexadecimal, if the policy asks for it.
    public let sha256: String?
    /// The key under which the original will be visible.
    public let objectKey: ObjectKey
    /// The key under which the thumbnail will be visible, if there is or may be one.
    public let thumbnailKey: ObjectKey?
    /// The sender's name for the file, made safe for display.
    public let originalName: String?
    let writer: any ObjectWriter
    let store: any ObjectStore
    /// How to make a preview whose bytes were not kept.
    var recovery: DeferredPreview?

    /// Makes it visible: the thumbnail first, the original last. When it throws, nothing is visible. A preview whose bytes
    /// were not kept while the file arrived follows the original: they are read back from the store.
    public func commit() async throws(MediaError) -> StoredMedia {
        do throws(MediaError) {
            if let thumbnailKey, let thumbnail = inspection.thumbnail {
                try await store.storeThumbnail(thumbnail, at: thumbnailKey)
            }
            _ = try await storing { () async throws(ObjectStoreError) in try await writer.complete() }
        } catch {
            await writer.abort()
            if let thumbnailKey { try? await store.delete([thumbnailKey]) }
            throw error
        }
        return await recovery?.preview(of: self) ?? stored(as: inspection)
    }

    /// What is known of it once it is stored.
    func stored(as inspection: Inspection) -> StoredMedia {
        StoredMedia(
            key: objectKey, thumbnailKey: inspection.thumbnail == nil ? nil : thumbnailKey,
            thumbnailAbsence: inspection.thumbnailAbsence, blurHash: inspection.blurHash, kind: inspection.kind,
            mimeType: inspection.mimeType, fileSize: size, sha256: sha256, duration: inspection.duration,
            dimensions: inspection.dimensions, waveform: inspection.waveform, originalName: originalName)
    }

    /// Drops it.
    public func abort() async {
        await writer.abort()
    }
}

/// What is known about a file that is stored.
public struct StoredMedia: Sendable, Codable {
    /// The original's key.
    public let key: ObjectKey
    /// The thumbnail's key, if there is one.
    public let thumbnailKey: ObjectKey?
    /// Why there is no thumbnail where one was asked for.
    public let thumbnailAbsence: String?
    /// The thumbnail as a BlurHash.
    public let blurHash: String?
    /// What it is to a chat.
    public let kind: MediaKind
    /// By content.
    public let mimeType: String
    /// Of what is stored, in bytes.
    public let fileSize: Int
    /// SHA-256 of all that is stored, in lower-case hexadecimal, if the policy asks for it.
    public let sha256: String?
    /// In seconds.
    public let duration: Double?
    /// As displayed.
    public let dimensions: Dimensions?
    /// Peaks in [0, 1].
    public let waveform: [Float]?
    /// The sender's name for it, safe for display.
    public let originalName: String?
}
