import MediaModel
import ObjectStore

extension MediaRecord {
    /// The record of a file with these contents.
    /// - Parameters:
    ///   - thumbnailKey: where the thumbnail is stored if `inspection` has one.
    ///   - size: of what is stored, in bytes.
    ///   - sha256: of what is stored, in lower-case hexadecimal, if it was computed.
    ///   - sourceSHA256: of what was sent, likewise.
    init(
        _ inspection: Inspection, key: ObjectKey, thumbnailKey: ObjectKey?, size: Int, sha256: String?,
        sourceSHA256: String?, originalName: String?
    ) {
        self.init(
            key: key.rawValue, kind: inspection.kind, mimeType: inspection.mimeType, fileSize: size, sha256: sha256,
            duration: inspection.duration.map(Self.rounded), dimensions: inspection.dimensions,
            originalName: originalName)
        self.sourceSha256 = sourceSHA256
        setPreview(inspection, thumbnailKey: thumbnailKey)
    }

    /// Replaces thumbnail, BlurHash and waveform by those of `inspection`.
    mutating func setPreview(_ inspection: Inspection, thumbnailKey: ObjectKey?) {
        self.thumbnailKey = inspection.thumbnail == nil ? nil : thumbnailKey?.rawValue
        thumbnailFailure = inspection.thumbnailFailure
        blurHash = inspection.blurHash
        waveform = inspection.waveform
    }
}
