import CFFmpeg

/// Converts decoded frames to those of an H.264 encoder: 4:2:0 with 8 bits in the range of television, scaled, turned for display, high
/// dynamic range tone-mapped. Used by one thread at a time.
public final class VideoConverter {
    private static let format = AV_PIX_FMT_YUV420P

    private let width: Int
    private let height: Int
    private let orientation: Orientation
    private let colours: VideoColours
    private var scaler: Scaler?
    private var mappedScaler: Scaler?
    private var toneMap: (curve: ToneMap.Curve, primaries: ColourPrimaries, map: ToneMap)?

    /// A conversion of libswscale, for as long as frames are alike.
    private struct Scaler {
        let (width, height, format, target): (Int, Int, AVPixelFormat, AVPixelFormat)
        let (matrix, isFullRange): (Int32, Bool)
        let context: ScaleContext

        func converts(_ frame: Frame, to target: AVPixelFormat) -> Bool {
            frame.width == width && frame.height == height && frame.format == format && self.target == target
                && frame.matrix == matrix && frame.isFullRange == isFullRange
        }
    }

    /// Creates a converter to frames of `width` × `height` as displayed, which both are even.
    public init(width: Int, height: Int, orientation: Orientation, colours: VideoColours) {
        self.width = orientation.swapsSides ? height : width
        self.height = orientation.swapsSides ? width : height
        self.orientation = orientation
        self.colours = colours
    }

    /// The frame for the encoder. It may share the memory of `frame`.
    /// - Throws: ``FFmpegError/Code/memory`` or ``FFmpegError/Code/unsupported``, or an error of the scaler.
    public func convert(_ frame: Frame) throws(FFmpegError) -> Frame {
        let scaled: Frame
        if let curve = frame.curve { scaled = try toneMapped(frame, curve) } else { scaled = try self.scaled(frame) }
        guard orientation != .up else { return scaled }
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        let turned = try Frame(width: newWidth, height: newHeight, format: Self.format)
        for (from, to) in zip(scaled.planes(chroma: .half), turned.planes(chroma: .half)) {
            from.turn(orientation, into: to)
        }
        return turned
    }

    private func scaled(_ frame: Frame) throws(FFmpegError) -> Frame {
        let fits = frame.width == width && frame.height == height && frame.format == Self.format
        if fits && !frame.isFullRange { return frame }
        if scaler?.converts(frame, to: Self.format) != true { scaler = try scaler(from: frame, to: Self.format) }
        return try Self.convert(frame, scaler, width, height, Self.format)
    }

    private func toneMapped(_ frame: Frame, _ curve: ToneMap.Curve) throws(FFmpegError) -> Frame {
        if scaler?.converts(frame, to: AV_PIX_FMT_RGB48LE) != true {
            scaler = try scaler(from: frame, to: AV_PIX_FMT_RGB48LE)
        }
        let light = try Self.convert(frame, scaler, width, height, AV_PIX_FMT_RGB48LE)
        let primaries = frame.primaries ?? .bt709
        if toneMap?.curve != curve || toneMap?.primaries != primaries {
            toneMap = (curve, primaries, ToneMap(curve, primaries: primaries))
        }
        guard let map = toneMap?.map else { return light }
        let picture = try map.picture(light).frame()
        if mappedScaler == nil { mappedScaler = try scaler(from: picture, to: Self.format) }
        return try Self.convert(picture, mappedScaler, width, height, Self.format)
    }

    private func scaler(from frame: Frame, to target: AVPixelFormat) throws(FFmpegError) -> Scaler {
        let context = try ScaleContext(
            from: (frame.width, frame.height, frame.format), to: (width, height, target), matrix: frame.matrix,
            isFullRange: frame.isFullRange, target: (colours.scalerMatrix, false), isFast: true)
        return Scaler(
            width: frame.width, height: frame.height, format: frame.format, target: target, matrix: frame.matrix,
            isFullRange: frame.isFullRange, context: context)
    }

    private static func convert(
        _ frame: Frame, _ scaler: Scaler?, _ width: Int, _ height: Int, _ format: AVPixelFormat
    ) throws(FFmpegError) -> Frame {
        let result = try Frame(width: width, height: height, format: format)
        try scaler?.context.convert(frame, to: result)
        return result
    }
}
