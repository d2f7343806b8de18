import ChatBridge
import MediaModel
import MediaWorker

extension MediaRecord {
    /// The record with what was found anew. What could not be made keeps what was there.
    /// - Parameter thumbnail: the key of a new thumbnail, if there is one.
    func revised(by inspection: Inspection, thumbnail: String?, _ wanted: Set<Derivative>) -> MediaRecord {
        var record = self
        if wanted.contains(.measures) {
            record.duration = inspection.duration.map(Self.told) ?? duration
            record.dimensions = inspection.dimensions ?? dimensions
        }
        if wanted.contains(.thumbnail) {
            record.blurHash = inspection.blurHash ?? blurHash
            if let thumbnail {
                record.thumbnailKey = thumbnail
                record.thumbnailAbsence = nil
            } else if thumbnailKey == nil {
                record.thumbnailAbsence = inspection.thumbnailAbsence ?? thumbnailAbsence
            }
        }
        if wanted.contains(.waveform) { record.waveform = inspection.waveform ?? waveform }
        return record
    }

    /// A duration as it is told everywhere: to the millisecond.
    private static func told(_ duration: Double) -> Double { (duration * 1000).rounded() / 1000 }
}
