public import MediaModel

extension MediaPolicy {
    /// Checks the type that the first bytes of a file show.
    /// - Throws: ``MediaError/Code/unsupported`` or ``MediaError/Code/wrongKind`` where no file of that type is accepted.
    func validate(_ type: DetectedType) throws(MediaError) {
        if let kind = excludedKind(type) { throw .wrongKind(kind, self) }
        if kinds.contains(.document), documentFormats == nil { return }
        switch type {
        case .document(let document, _):
            if kinds.contains(.document), documentFormats?.contains(document.fileExtension) ?? true { return }
            if limits.excludedKinds[.document] != nil { throw .wrongKind(.document, self) }
            throw MediaError(
                .unsupported, "The content is of no format that is accepted here, whatever the file's name says.")
        case .media(let format):
            if acceptsMedia(format) { return }
            if let kind = format.certainKind, !kinds.contains(kind) { throw .wrongKind(kind, self) }
            throw MediaError(.unsupported, "Files of format \(format.rawValue) are not accepted here.")
        }
    }

    /// The kind of a media file where all that it can be are excluded: then it is not accepted as a document either.
    private func excludedKind(_ type: DetectedType) -> MediaKind? {
        guard case .media(let format) = type else { return nil }
        let kinds = format.certainKind.map { [$0] } ?? [.video, .audio]
        return kinds.allSatisfy { limits.excludedKinds[$0] != nil } ? kinds[0] : nil
    }

    /// Checks the size of a file of `kind`; as long as its kind is not known (`nil`), against the limit of all kinds.
    /// - Throws: ``MediaError/Code/tooLarge``.
    public func validate(_ kind: MediaKind?, bytes: Int) throws(MediaError) {
        let limit = byteLimit(of: kind)
        guard bytes <= limit.value else { throw .tooLarge(limit: limit.value, origin: limit.origin) }
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
    func validatePixels(_ width: Int, _ height: Int, of kind: MediaKind) throws(MediaError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        let limit = pixelLimit(of: kind)
        guard !overflow, pixels <= limit.value else {
            throw .tooManyPixels(width, height, limit: limit.value, origin: limit.origin)
        }
    }

    /// Checks a duration in seconds. The error states the longer of it and the `stated` duration.
    /// - Throws: ``MediaError/Code/tooLong``.
    func validateDuration(_ duration: Double, of kind: MediaKind, stated: Double? = nil) throws(MediaError) {
        guard let limit = durationLimit(of: kind), duration > limit.value + durationTolerance else { return }
        throw .tooLong(max(duration, stated ?? 0), limit: limit.value, origin: limit.origin)
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
