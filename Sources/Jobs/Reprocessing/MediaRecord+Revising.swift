import ChatBridge
import MediaModel
import MediaWorker

extension MediaRecord {
    /// The record with the newly created derivatives. Existing values are kept where nothing could be created.
    /// - Parameter thumbnail: the key of a new thumbnail, if there is one.
    func revised(by inspection: Inspection, thumbnail: String?, _ wanted: Set<Derivative>) -> MediaRecord {
        var record = self
        if wanted.contains(.measures) {
            record.duration = inspection.duration.map(Self.rounded) ?? duration
            record.dimensions = inspection.dimensions ?? dimensions
        }
        if wanted.contains(.thumbnail) {
            record.blurHash = inspection.blurHash ?? blurHash
            if let thumbnail {
                record.thumbnailKey = thumbnail
                record.thumbnailFailure = nil
            } else if thumbnailKey == nil {
                record.thumbnailFailure = inspection.thumbnailFailure ?? thumbnailFailure
            }
        }
        if wanted.contains(.waveform) { record.waveform = inspection.waveform ?? waveform }
        return record
    }
}
