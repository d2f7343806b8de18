import MediaModel

extension MediaPolicy {
    /// Throws when the first bytes alone show that the file is not taken.
    func admit(_ content: DetectedType) throws(MediaError) {
        if kinds.contains(.document), documentFormats == nil { return }
        switch content {
        case .document(let type, _):
            if kinds.contains(.document), documentFormats?.contains(type.fileExtension) ?? true { return }
            throw MediaError(.unsupported, "The content is of no format that is taken here, whatever its name says.")
        case .media(let container):
            if mayCarry(container) { return }
            if let kind = container.certainKind, !kinds.contains(kind) { throw .wrongKind(kind, self) }
            throw MediaError(.unsupported, "Files of format \(container.rawValue) are not taken here.")
        }
    }

    /// Throws when a file of `kind` may not have that many bytes; as long as its kind is not known (`nil`), when no file may.
    func admit(_ kind: MediaKind?, bytes: Int) throws(MediaError) {
        let limit = kind.flatMap { maximumBytesByKind[$0] }.map { min($0, maximumBytes) } ?? maximumBytes
        guard bytes <= limit else { throw .tooLarge(limit: limit) }
    }

    /// Throws when a picture or a frame is larger than any that is taken.
    func checkPixels(_ width: Int, _ height: Int) throws(MediaError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= maximumPixels else { throw .tooManyPixels(width, height, limit: maximumPixels) }
    }

    /// The most pixels that are decoded at once.
    var maximumDecodedPixels: Int {
        min(thumbnail?.maximumPixels ?? ThumbnailSettings.defaultMaximumPixels, maximumPixels)
    }

    /// Why there is no preview of so large a picture.
    func tooManyPixelsToDecode(_ width: Int, _ height: Int) -> String {
        "previews are made of at most \(maximumDecodedPixels) pixels, and \(width) × \(height) are more"
    }

    /// Whether the container can hold something that is taken as video, audio or image.
    func mayCarry(_ container: MediaFormat) -> Bool {
        [MediaKind.video, .audio, .image].contains { accepts(container.carrying($0), as: $0) }
    }

    /// Throws unless `kind` in `container` is taken.
    func admit(_ kind: MediaKind, in container: MediaFormat) throws(MediaError) {
        guard kinds.contains(kind) else { throw .wrongKind(kind, self) }
        guard accepts(container, as: kind) else {
            throw MediaError(
                .unsupported, "Files of kind \(kind.rawValue) in format \(container.rawValue) are not taken here.")
        }
    }

    /// Whether the settings name `container` for `kind`.
    func accepts(_ container: MediaFormat, as kind: MediaKind) -> Bool {
        guard kinds.contains(kind) else { return false }
        return switch kind {
        case .video: videoContainers.contains(container)
        case .audio: audioContainers.contains(container)
        case .image: imageFormats.contains(container)
        case .document: true
        }
    }
}
