import FFmpeg
import MediaModel

/// Inspects still pictures: their size is read from the header, and they are decoded only when they are not too large.
struct ImageInspector {
    /// How many bytes are searched for the size: Exif previews and colour profiles precede it.
    private static let headerBytes = 4 << 20
    /// The maximum size of a file of which a preview is made, in bytes: it is read into memory as a whole.
    private static let maximumDecodedBytes = 64 << 20

    let source: ByteSource
    let container: MediaFormat
    let order: InspectionOrder
    let deadline: Deadline
    private var policy: MediaPolicy { order.policy }

    func inspect() throws -> Inspection {
        try policy.validate(.image, in: container)
        let start = try isHEIF ? metadataStart() : 0
        let head = try source.bytes(start..<start + Self.headerBytes)
        guard let header = ImageHeader(head, container: container) else {
            throw MediaError(.unreadable, "The picture's size cannot be read: the file is damaged.")
        }
        try policy.validatePixels(header.width, header.height, of: .image)
        var inspection = Inspection(
            kind: .image, container: container.rawValue, mimeType: container.mimeType(.image),
            fileExtension: container.fileExtension(.image), dimensions: header.dimensions)
        inspection.picture = PictureProperties(head, container: container)
        if order.depth == .full {
            if isHEIF {
                try complete(&inspection, header, head, at: start)
            } else {
                try complete(&inspection, header, head)
            }
        }
        return inspection
    }

    private var isHEIF: Bool { container == .heic || container == .avif }

    /// The offset of the box that describes the items, wherever it is: some writers put it behind the data.
    private func metadataStart() throws -> Int {
        let boxes = try TopLevelBoxes(source).boxes
        if let meta = boxes.first(where: { $0.type == "meta" }) { return meta.range.lowerBound }
        if order.depth == .full, boxes.contains(where: { $0.range.upperBound > source.size }) {
            throw MediaError.truncated
        }
        return 0
    }

    /// Completes the inspection of a HEIF or AVIF file, of which only the data of the picture are read.
    private func complete(
        _ inspection: inout Inspection, _ header: ImageHeader, _ metadata: [UInt8], at offset: Int
    ) throws {
        guard let items = HEIFItems(metadata) else { return }
        let picture = HEIFPicture(
            source: source, items: items, offset: offset, header: header, policy: policy, deadline: deadline)
        guard let settings = policy.thumbnail, header.width * header.height <= policy.maximumDecodedPixels else {
            guard picture.isComplete else { throw MediaError.truncated }
            if policy.thumbnail != nil {
                inspection.thumbnailFailure = policy.tooManyPixelsToDecode(header.width, header.height)
            }
            return
        }
        do throws(FFmpegError) {
            try setPreview(of: picture.decoded(), header, settings, &inspection)
        } catch {
            try handle(error, &inspection)
        }
    }

    private func setPreview(
        of still: StillPicture.Decoded, _ header: ImageHeader, _ settings: ThumbnailSettings,
        _ inspection: inout Inspection
    ) throws(FFmpegError) {
        inspection.setPreview(
            try Thumbnail(settings: settings).preview(
                still.frame, sampleAspect: Rational(1, 1), orientation: header.orientation, colours: still.colours))
    }

    private func complete(_ inspection: inout Inspection, _ header: ImageHeader, _ head: [UInt8]) throws {
        guard source.size <= Self.maximumDecodedBytes else {
            inspection.thumbnailFailure = "the file is too large for a preview"
            return
        }
        let bytes = source.size <= head.count ? head : try source.bytes(0..<source.size)
        let isShown = policy.thumbnail != nil && header.width * header.height <= policy.maximumDecodedPixels
        try checkEnd(bytes, isDecoded: isShown)
        guard let settings = policy.thumbnail else { return }
        guard isShown else {
            inspection.thumbnailFailure = policy.tooManyPixelsToDecode(header.width, header.height)
            return
        }
        do throws(FFmpegError) {
            let picture = StillPicture(bytes: bytes, container: container, header: header, policy: policy)
            guard let still = try picture.decoded(for: settings.longestSide, deadline: deadline) else {
                inspection.thumbnailFailure = "this build cannot decode \(picture.name)"
                return
            }
            inspection.pictureEnd = still.end
            try setPreview(of: still, header, settings, &inspection)
        } catch {
            try handle(error, &inspection)
        }
    }

    /// Decides what a decoding error means: a valid picture is accepted without a preview where this service cannot make one.
    private func handle(_ error: FFmpegError, _ inspection: inout Inspection) throws(MediaError) {
        switch error.code {
        case .unsupported: inspection.thumbnailFailure = error.message
        case .memory: inspection.thumbnailFailure = "decoding the picture takes more memory than a worker may have"
        case .missingBytes: throw .truncated
        case .limit: throw tooManyPasses
        case .deadline: throw MediaError(error)
        default:
            throw MediaError(.unreadable, "The picture cannot be decoded: the file is damaged.", cause: error)
        }
    }

    /// Checks that the end of the file is not missing. Where the picture is decoded, the decoder checks that instead.
    private func checkEnd(_ bytes: [UInt8], isDecoded: Bool) throws(MediaError) {
        switch container {
        case .jpeg:
            if !isDecoded, !ImageHeader.hasEnd(jpeg: bytes) { throw .truncated }
            if ImageHeader.passes(jpeg: bytes) > policy.maximumPasses { throw tooManyPasses }
        case .png:
            guard PNGPicture.isComplete(bytes, maximumPixels: policy.maximumDecodedPixels) else { throw .truncated }
        case .webp:
            if WebPPicture(bytes).isCutShort { throw .truncated }
        default: break
        }
    }

    private var tooManyPasses: MediaError {
        MediaError(
            .tooComplex, "The picture has more than \(policy.maximumPasses) passes: export it again.",
            limit: Double(policy.maximumPasses))
    }
}
