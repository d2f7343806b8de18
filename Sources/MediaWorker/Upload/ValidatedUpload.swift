public import MediaModel
public import ObjectStore

/// A file that has been validated and written to the object store, and is not visible there yet.
public struct ValidatedUpload: Sendable {
    /// What the inspection found.
    public let inspection: Inspection
    /// What the file's record is once it has been committed, but for a preview that is made after that.
    public private(set) var record: MediaRecord
    /// Which metadata were removed from the original; `nil` where none were to be.
    var metadataRemoved: RemovedMetadata? {
        get { record.metadataRemoved }
        set { record.metadataRemoved = newValue }
    }
    /// The key under which the original will be visible.
    public let objectKey: ObjectKey
    /// The key under which a thumbnail will or may be visible.
    public let thumbnailKey: ObjectKey?
    /// Identifies the stored bytes: their SHA-256 or, where the index was moved to the start, a text with that of the file before.
    let contentDigest: String?
    /// The attributes with which the original is stored.
    let attributes: ObjectAttributes
    private let writer: any ObjectWriter
    private let store: any ObjectStore
    private let deferredPreview: DeferredPreview?

    /// - Parameters:
    ///   - size: of what is stored, in bytes.
    ///   - sha256: of what is stored, but for the place of its index.
    ///   - sourceSHA256: of what was sent, if it is known.
    ///   - isIndexMoved: whether the index is stored at the start, and was sent at the end.
    ///   - deferredPreview: makes a preview that could not be made from the bytes that were kept.
    init(
        _ inspection: Inspection, size: Int, sha256: String?, sourceSHA256: String?, isIndexMoved: Bool = false,
        objectKey: ObjectKey, keys: MediaObjectKeys, filename: FileName, attributes: ObjectAttributes,
        writer: any ObjectWriter, store: any ObjectStore, deferredPreview: DeferredPreview? = nil
    ) {
        self.inspection = inspection
        self.attributes = attributes
        self.objectKey = objectKey
        thumbnailKey = inspection.thumbnail != nil || deferredPreview != nil ? keys.thumbnail : nil
        contentDigest = isIndexMoved ? sha256.map { "index first: " + $0 } : sha256
        record = MediaRecord(
            inspection, key: objectKey, thumbnailKey: keys.thumbnail, size: size, sha256: isIndexMoved ? nil : sha256,
            sourceSHA256: sourceSHA256, originalName: filename.displayName)
        self.writer = writer
        self.store = store
        self.deferredPreview = deferredPreview
    }

    /// The keys of all objects that ``commit()`` may make visible: reserve them first, so that no crash leaves an object
    /// that nothing refers to.
    public var objects: [String] { [objectKey.rawValue] + (thumbnailKey.map { [$0.rawValue] } ?? []) }

    /// Makes the file visible, first its thumbnail and then the original. A deferred preview follows: its bytes are read back
    /// from the store.
    /// - Parameter stored: keys of stored objects, by the keys of those in whose place the record names them: these are not
    ///   written.
    /// - Throws: ``MediaError/Code/storage`` where the store fails; nothing is visible then.
    public func commit(sharing stored: [String: ObjectKey] = [:]) async throws(MediaError) -> MediaRecord {
        var (record, original) = (record, objectKey)
        do throws(MediaError) {
            if let thumbnailKey, let thumbnail = inspection.thumbnail {
                if let shared = stored[thumbnailKey.rawValue] {
                    record.thumbnailKey = shared.rawValue
                } else {
                    try await store.storeThumbnail(thumbnail, at: thumbnailKey)
                }
            }
            if let shared = stored[objectKey.rawValue] {
                (record.key, original) = (shared.rawValue, shared)
                await writer.abort()
            } else {
                _ = try await mappingStoreErrors { () async throws(ObjectStoreError) in try await writer.complete() }
            }
        } catch {
            await writer.abort()
            // Where this fails, the thumbnail is deleted with the reserved keys.
            if let thumbnailKey { try? await store.delete([thumbnailKey]) }
            throw error
        }
        return await deferredPreview?.completing(record, key: original) ?? record
    }

    /// Whether the store has an object that is to be referenced in place of the one at `key`, of the same size.
    /// - Throws: ``MediaError/Code/storage`` where the store does not answer.
    public func isStored(_ shared: ObjectKey, inPlaceOf key: String) async throws(MediaError) -> Bool {
        let size = key == objectKey.rawValue ? record.fileSize : inspection.thumbnail?.count
        let info = try await mappingStoreErrors { () async throws(ObjectStoreError) in try await store.info(shared) }
        return info?.size == size
    }

    /// Discards the file.
    public func abort() async {
        await writer.abort()
    }
}
