import CFFmpeg
import CJPEG
import Glibc

/// Decodes JPEG files with libjpeg-turbo, which browsers use too: it accepts the same files.
public enum JPEGDecoder {
    /// Limits on decoding one file, and the size of the result.
    public struct Settings: Sendable {
        /// The maximum number of stored pixels.
        public var maximumPixels: Int
        /// The maximum number of scans.
        public var maximumPasses: Int
        /// Decodes at 1/2, 1/4 or 1/8 (1, 2, 3) of the size.
        public var reduction: Int
        /// When decoding is aborted.
        public var deadline: Deadline

        /// Creates settings.
        public init(maximumPixels: Int, maximumPasses: Int, reduction: Int = 0, deadline: Deadline) {
            self.maximumPixels = maximumPixels
            self.maximumPasses = maximumPasses
            self.reduction = reduction
            self.deadline = deadline
        }
    }

    /// A decoded picture, and the colour conversion that it needs.
    public struct Decoded {
        /// The picture in YCbCr, RGB or gray.
        public let frame: Frame
        /// The conversion to sRGB, where one is needed.
        public let colours: ColourConversion?
        /// The end of the coded picture, in bytes, if the file continues there without an end marker; at most eight bytes too
        /// large.
        public let unmarkedEnd: Int?
    }

    /// Decodes the picture in `bytes`.
    /// - Throws: ``FFmpegError/Code/missingBytes`` when its end is missing; ``FFmpegError/Code/unsupported`` for a valid one
    ///   that libjpeg-turbo cannot decode; ``FFmpegError/Code/limit`` for too many scans; ``FFmpegError/Code/deadline``,
    ///   ``FFmpegError/Code/memory`` and ``FFmpegError/Code/invalidData``.
    public static func decode(_ bytes: [UInt8], settings: Settings) throws(FFmpegError) -> Decoded {
        do {
            return try bytes.withUnsafeBufferPointer { try decode($0, settings) }
        } catch let error as FFmpegError {
            throw error
        } catch {
            throw FFmpegError(.other, "\(error)")
        }
    }

    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ settings: Settings) throws -> Decoded {
        Libraries.prepare()
        var limits = darkroom_jpeg_limits(
            denominator: 1 << UInt32(clamping: min(max(settings.reduction, 0), 3)),
            pixels: UInt64(clamping: settings.maximumPixels), scans: Int32(clamping: settings.maximumPasses),
            seconds: settings.deadline.remainingSeconds)
        var status = DARKROOM_JPEG_OK
        let jpeg = darkroom_jpeg_open(bytes.baseAddress, bytes.count, &limits, &status)
        defer { darkroom_jpeg_close(jpeg) }
        try check(status)
        guard let jpeg else { throw FFmpegError(.memory, "no memory for a picture") }
        let (frame, colours) = try picture(jpeg)
        let end = darkroom_jpeg_unmarked_end(jpeg)
        return Decoded(frame: frame, colours: colours, unmarkedEnd: end > 0 ? end : nil)
    }

    private static func picture(_ jpeg: OpaquePointer) throws(FFmpegError) -> (Frame, ColourConversion?) {
        let profile = profile(jpeg)
        let (width, height) = (Int(darkroom_jpeg_width(jpeg)), Int(darkroom_jpeg_height(jpeg)))
        switch darkroom_jpeg_channels(jpeg) {
        case 1:
            let frame = try Frame(width: width, height: height, format: AV_PIX_FMT_GRAY8)
            try read(jpeg, into: frame)
            frame.frame.pointee.color_range = AVCOL_RANGE_JPEG
            return (frame, profile.flatMap { ColourConversion(profile: $0, of: .gray) })
        case 3:
            let colours = profile.flatMap { ColourConversion(profile: $0, of: .rgb) }
            if colours == nil, let frame = try planes(jpeg, width: width, height: height) { return (frame, nil) }
            let frame = try Frame(width: width, height: height, format: AV_PIX_FMT_RGB24)
            try read(jpeg, into: frame)
            frame.repeatLastColumn()
            return (frame, colours)
        default:
            // Four components: CMYK or YCCK, as the colour profile defines.
            let cmyk = try Frame(width: width, height: height, format: AV_PIX_FMT_RGBA)
            try read(jpeg, into: cmyk)
            return (try cmyk.printed(profile.flatMap { ColourConversion(profile: $0, of: .invertedCMYK) }), nil)
        }
    }

    /// The coded Y, Cb and Cr planes, in which previews are encoded again. `nil` where the file has another layout.
    private static func planes(_ jpeg: OpaquePointer, width: Int, height: Int) throws(FFmpegError) -> Frame? {
        // In a small picture it is visible whether chroma was interpolated, which libjpeg does when it converts to RGB.
        guard width * height > Frame.smallPicture else { return nil }
        var planes = darkroom_jpeg_planes()
        guard darkroom_jpeg_choose_planes(jpeg, &planes) != 0 else { return nil }
        let format: AVPixelFormat
        switch (planes.chroma_across, planes.chroma_down) {
        case (1, 1): format = AV_PIX_FMT_YUVJ444P
        case (2, 1): format = AV_PIX_FMT_YUVJ422P
        case (2, 2): format = AV_PIX_FMT_YUVJ420P
        case (1, 2): format = AV_PIX_FMT_YUVJ440P
        case (4, 1): format = AV_PIX_FMT_YUVJ411P
        default: return nil
        }
        let frame = try Frame(width: Int(planes.width), height: Int(planes.height), format: format)
        let (data, strides) = (frame.frame.pointee.data, frame.frame.pointee.linesize)
        let pointers: [UnsafeMutablePointer<UInt8>?] = [data.0, data.1, data.2]
        try check(
            darkroom_jpeg_read_planes(jpeg, pointers, [strides.0, strides.1, strides.2].map { Int($0) }))
        // Beyond this size the planes are padded to whole blocks.
        frame.frame.pointee.width = Int32(width)
        frame.frame.pointee.height = Int32(height)
        return frame
    }

    private static func read(_ jpeg: OpaquePointer, into frame: Frame) throws(FFmpegError) {
        guard let rows = frame.frame.pointee.data.0 else { throw FFmpegError(.memory, "no memory for a picture") }
        try check(darkroom_jpeg_read(jpeg, rows, Int(frame.frame.pointee.linesize.0)))
    }

    private static func profile(_ jpeg: OpaquePointer) -> [UInt8]? {
        var count = 0
        guard let bytes = darkroom_jpeg_copy_profile(jpeg, &count) else { return nil }
        defer { free(bytes) }
        guard count <= ColourConversion.maximumProfileBytes else { return nil }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    private static func check(_ status: darkroom_jpeg_status) throws(FFmpegError) {
        switch status {
        case DARKROOM_JPEG_OK: return
        case DARKROOM_JPEG_CUT_SHORT: throw FFmpegError(.missingBytes, "the end of the picture is missing")
        case DARKROOM_JPEG_UNSUPPORTED: throw FFmpegError(.unsupported, "this build cannot decode this kind of JPEG")
        case DARKROOM_JPEG_NO_MEMORY: throw FFmpegError(.memory, "no memory for a picture")
        case DARKROOM_JPEG_TOO_MANY_SCANS: throw FFmpegError(.limit, "the picture has too many passes")
        case DARKROOM_JPEG_LATE: throw FFmpegError(.deadline, "the deadline passed")
        case DARKROOM_JPEG_TOO_LARGE: throw FFmpegError(.invalidData, "the picture is larger than its head says")
        default: throw FFmpegError(.invalidData, "libjpeg cannot read the picture")
        }
    }
}

extension Frame {
    /// Chroma is computed from pairs of pixels: the last column of an odd width is repeated, so that no uninitialised memory is
    /// read.
    fileprivate func repeatLastColumn() {
        let stride = Int(frame.pointee.linesize.0)
        guard !width.isMultiple(of: 2), stride >= 3 * (width + 1), let bytes = frame.pointee.data.0 else { return }
        for y in 0..<height {
            let last = bytes + y * stride + 3 * (width - 1)
            (last + 3).update(from: last, count: 3)
        }
    }

    /// Converts inverted CMYK (255 is no ink) to RGB, by its profile or, without one, by multiplying each component with black.
    fileprivate func printed(_ colours: ColourConversion?) throws(FFmpegError) -> Frame {
        let result = try Frame(width: width, height: height, format: AV_PIX_FMT_RGB24)
        guard let source = frame.pointee.data.0, let target = result.frame.pointee.data.0 else {
            throw FFmpegError(.memory, "no memory for a picture")
        }
        let (from, to) = (Int(frame.pointee.linesize.0), Int(result.frame.pointee.linesize.0))
        for y in 0..<height {
            let (cmyk, pixels) = (source + y * from, target + y * to)
            if let colours {
                colours.convert(cmyk, to: pixels, count: width)
            } else {
                for x in 0..<width {
                    let black = Int(cmyk[4 * x + 3])
                    for channel in 0..<3 {
                        pixels[3 * x + channel] = UInt8((Int(cmyk[4 * x + channel]) * black + 127) / 255)
                    }
                }
            }
        }
        result.repeatLastColumn()
        return result
    }
}
