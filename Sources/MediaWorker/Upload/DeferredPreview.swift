import MediaModel
import ObjectStore

/// Makes the preview of a file from the stored object, where the bytes that the preview needs were not kept while the file
/// arrived.
struct DeferredPreview: Sendable {
    let inspector: StoredInspector
    let policy: MediaPolicy
    /// Where the thumbnail is stored.
    let thumbnailKey: ObjectKey

    /// `record`, whose object is visible, with its preview; unchanged where none can be made, because the file is valid
    /// without it.
    func completing(_ record: MediaRecord, key: ObjectKey) async -> MediaRecord {
        do throws(MediaError) {
            let inspection = try await inspector.inspect(key, policy: policy)
            if let thumbnail = inspection.thumbnail {
                try await inspector.store.storeThumbnail(thumbnail, at: thumbnailKey)
            }
            var completed = record
            completed.setPreview(inspection, thumbnailKey: thumbnailKey)
            return completed
        } catch {
            // The file is valid without a preview, and reprocessing can make it later.
            return record
        }
    }
}
