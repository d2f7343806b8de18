import FFmpeg

/// Judges still pictures: measured from their header, decoded only when they are not too large.
struct ImageInspector {
    /// Where the size must stand: Exif previews and colour profiles come before it.
    private static let headerBytes = 4 << 20
    /// A larger file is stored without a preview: it would be read into memory whole.
    private static let maximumDecodedBytes = 64 << 20

    let source: ByteSource
    let container: Container
    let order: InspectionOrder
    private var policy: MediaPolicy { order.policy }

    func inspect() throws -> Inspection {
        try policy.admit(.image, in: container)
        let head = try source.bytes(0..<Self.headerBytes)
        guard let header = ImageHeader(head, container: container) else {
            throw MediaError(.unreadable, "The picture's size cannot be read: the file is damaged.")
        }
        let (pixels, overflow) = header.width.multipliedReportingOverflow(by: header.height)
        guard !overflow, pixels <= policy.maximumPixels else {
            throw MediaError.tooManyPixels(header.width, header.height, limit: policy.maximumPixels)
        }
        var inspection = Inspection(
            kind: .image, container: container.rawValue, mimeType: container.mimeType(.image),
            fileExtension: container.fileExtension(.image), dimensions: header.dimensions)
        if order.depth == .full { try complete(&inspection, header, head) }
        return inspection
    }

    private func complete(_ inspection: inout Inspection, _ header: ImageHeader, _ head: [UInt8]) throws {
        guard source.size <= Self.maximumDecodedBytes else {
            inspection.thumbnailAbsence = "the file is too large for a preview"
            return
        }
        let bytes = source.size <= head.count ? head : try source.bytes(0..<source.size)
        if container == .jpeg && !ImageHeader.isComplete(jpeg: bytes)
            || container == .png && !Self.isComplete(png: bytes)
        {
            throw MediaError.truncated
        }
        if container == .jpeg, ImageHeader.passes(jpeg: bytes) > policy.maximumPasses {
            throw MediaError(
                .tooComplex, "The picture comes in more than \(policy.maximumPasses) passes: export it anew.",
                limit: Double(policy.maximumPasses))
        }
        guard let settings = policy.thumbnail else { return }
        guard let format = stillFormat else {
            inspection.thumbnailAbsence = "this build cannot decode \(container.rawValue)"
            return
        }
        let isAnimatedWebP = container == .webp && header.isAnimated
        guard let still = isAnimatedWebP ? WebPAnimation.firstFrame(bytes, canvas: header) : bytes else {
            inspection.thumbnailAbsence = "this build cannot decode this animation"
            return
        }
        let frame = try decode(container == .png ? PNGPicture.bare(still) : still, format, header, settings)
        inspection.show(
            try Thumbnail(settings: settings).preview(
                frame, sampleAspect: Rational(1, 1), orientation: header.orientation))
    }

    private func decode(
        _ bytes: [UInt8], _ format: StillDecoder.Format, _ header: ImageHeader, _ settings: ThumbnailSettings
    ) throws(MediaError) -> Frame {
        let longest = max(header.width, header.height)
        let reduction = (0...3).last { longest >> $0 >= settings.longestSide } ?? 0
        do throws(FFmpegError) {
            let frame = try StillDecoder.decode(
                bytes, format: format,
                settings: DecoderSettings(maximumPixels: policy.maximumPixels, reduction: reduction))
            return frame
        } catch  where error.code == .memory {
            throw MediaError(error)
        } catch {
            throw MediaError(.unreadable, "The picture cannot be decoded: the file is damaged.", cause: error)
        }
    }

    private var stillFormat: StillDecoder.Format? {
        switch container {
        case .jpeg: .jpeg
        case .png: .png
        case .gif: .gif
        case .webp: .webp
        default: nil
        }
    }

    private static func isComplete(png bytes: [UInt8]) -> Bool {
        var offset = 8
        while let length = bytes.bigEndian(offset, 4), offset + 12 + length <= bytes.count {
            if bytes[offset...].has("IEND", at: 4) { return true }
            offset += 12 + length
        }
        return false
    }
}
