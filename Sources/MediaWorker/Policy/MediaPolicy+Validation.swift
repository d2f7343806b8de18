import MediaModel

extension MediaPolicy {
    /// Checks the type that the first bytes of a file show.
    /// - Throws: ``MediaError/Code/unsupported`` or ``MediaError/Code/wrongKind`` where no file of that type is accepted.
    func validate(_ type: DetectedType) throws(MediaError) {
        if kinds.contains(.document), documentFormats == nil { return }
        switch type {
        case .document(let document, _):
            if kinds.contains(.document), documentFormats?.contains(document.fileExtension) ?? true { return }
            throw MediaError(
                .unsupported, "The content is of no format that is accepted here, whatever the file's name says.")
        case .media(let format):
            if acceptsMedia(format) { return }
            if let kind = format.certainKind, !kinds.contains(kind) { throw .wrongKind(kind, self) }
            throw MediaError(.unsupported, "Files of format \(format.rawValue) are not accepted here.")
        }
    }

    /// Checks the size of a file of `kind`; as long as its kind is not known (`nil`), against the limit of all kinds.
    /// - Throws: ``MediaError/Code/tooLarge``.
    func validate(_ kind: MediaKind?, bytes: Int) throws(MediaError) {
        let limit = kind.flatMap { maximumBytesByKind[$0] }.map { min($0, maximumBytes) } ?? maximumBytes
        guard bytes <= limit else { throw .tooLarge(limit: limit) }
    }

    /// Checks the kind of a file's content.
    /// - Throws: ``MediaError/Code/wrongKind`` or ``MediaError/Code/unsupported`` unless `kind` is accepted in `format`.
    func validate(_ kind: MediaKind, in format: MediaFormat) throws(MediaError) {
        guard kinds.contains(kind) else { throw .wrongKind(kind, self) }
        guard accepts(format, as: kind) else {
            throw MediaError(
                .unsupported, "Files of kind \(kind.rawValue) in format \(format.rawValue) are not accepted here.")
        }
    }

    /// Checks the size of a picture or a video frame.
    /// - Throws: ``MediaError/Code/tooManyPixels``.
    func validatePixels(_ width: Int, _ height: Int) throws(MediaError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= maximumPixels else { throw .tooManyPixels(width, height, limit: maximumPixels) }
    }

    /// Checks a duration in seconds. The error states the longer of it and the `stated` duration.
    /// - Throws: ``MediaError/Code/tooLong``.
    func validateDuration(_ duration: Double, stated: Double? = nil) throws(MediaError) {
        guard let maximumDuration, duration > maximumDuration + durationTolerance else { return }
        throw .tooLong(max(duration, stated ?? 0), limit: maximumDuration)
    }

    /// The maximum number of pixels that are decoded at once.
    var maximumDecodedPixels: Int {
        min(thumbnail?.maximumPixels ?? ThumbnailSettings.defaultMaximumPixels, maximumPixels)
    }

    /// Why there is no preview of a picture that is larger than ``maximumDecodedPixels``.
    func tooManyPixelsToDecode(_ width: Int, _ height: Int) -> String {
        "previews are made of at most \(maximumDecodedPixels) pixels, and \(width) × \(height) are more"
    }

    /// Whether a file of `format` can carry something that is accepted as video, audio or image.
    func acceptsMedia(_ format: MediaFormat) -> Bool {
        [MediaKind.video, .audio, .image].contains { accepts(format.variant($0), as: $0) }
    }

    /// Whether files of `format` are accepted as `kind`.
    func accepts(_ format: MediaFormat, as kind: MediaKind) -> Bool {
        guard kinds.contains(kind) else { return false }
        return switch kind {
        case .video: videoContainers.contains(format)
        case .audio: audioContainers.contains(format)
        case .image: imageFormats.contains(format)
        case .document: true
        }
    }

    /// The only kind as which a file of `format` can be accepted; `nil` when there are several or none.
    func onlyKind(_ format: MediaFormat) -> MediaKind? {
        if let kind = format.certainKind { return kind }
        let kinds = [MediaKind.video, .audio].filter { accepts(format.variant($0), as: $0) }
        return kinds.count == 1 ? kinds[0] : nil
    }
}
