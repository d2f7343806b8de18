import MediaModel
import ObjectStore

/// Makes the preview of a file, of which the bytes that it needs were not kept while it arrived, from the object that it
/// has become.
struct DeferredPreview: Sendable {
    let inspector: StoredInspector
    let policy: MediaPolicy

    /// What is known of `media`, which is visible, with its preview; `nil` when there is none to be had: the file has
    /// passed without it.
    func preview(of media: ValidatedUpload) async -> StoredMedia? {
        do throws(MediaError) {
            var inspection = media.inspection
            let found = try await inspector.inspect(media.objectKey, policy: policy)
            if let thumbnail = found.thumbnail, let key = media.thumbnailKey {
                try await media.store.storeThumbnail(thumbnail, at: key)
            }
            (inspection.thumbnail, inspection.blurHash) = (found.thumbnail, found.blurHash)
            (inspection.thumbnailAbsence, inspection.waveform) = (found.thumbnailAbsence, found.waveform)
            return media.stored(as: inspection)
        } catch {
            return nil
        }
    }
}
