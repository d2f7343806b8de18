import CFFmpeg

/// A picture in the planes of JPEG: Y, Cb and Cr with 8 bits (BT.601, full range).
public struct PlanarPicture {
    static let halfChroma = AV_PIX_FMT_YUVJ420P
    private static let fullChroma = AV_PIX_FMT_YUVJ444P

    /// The size of the Cb and Cr planes relative to the Y plane.
    public enum Chroma: Sendable {
        /// Half the width and height, which is not visible in photographs.
        case half
        /// The same size.
        case full
    }

    let frame: Frame

    init(_ frame: Frame) { self.frame = frame }

    /// Converts `picture` to planes.
    /// - Throws: ``FFmpegError/Code/memory``, or an error of the scaler.
    public init(_ picture: Picture, chroma: Chroma = .half) throws(FFmpegError) {
        let (width, height) = (picture.width, picture.height)
        let format = chroma == .half ? Self.halfChroma : Self.fullChroma
        frame = try Frame(width: width, height: height, format: format)
        let scale = try ScaleContext(from: (width, height, AV_PIX_FMT_RGB24), to: (width, height, format))
        try scale.convert(picture.frame(), to: frame)
    }

    var format: AVPixelFormat { AVPixelFormat(frame.frame.pointee.format) }

    /// The width in pixels.
    public var width: Int { frame.width }
    /// The height in pixels.
    public var height: Int { frame.height }

    /// The same picture, rotated and mirrored for display.
    /// - Throws: ``FFmpegError/Code/memory``.
    public func turned(_ orientation: Orientation) throws(FFmpegError) -> PlanarPicture {
        guard orientation != .up else { return self }
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        let result = PlanarPicture(try Frame(width: newWidth, height: newHeight, format: format))
        for (from, to) in zip(planes, result.planes) { from.turn(orientation, into: to) }
        return result
    }

    /// Converts samples of another matrix to that of JPEG, in place; only for chroma of half size.
    func change(_ matrix: MatrixChange) {
        let planes = planes
        if planes.count == 3 { matrix.apply(planes[0], planes[1], planes[2]) }
    }

    /// The same picture with at most `longestSide` pixels a side, each the mean of the pixels that it replaces.
    public func miniature(longestSide: Int) -> Picture {
        let scale = min(Double(longestSide) / Double(max(width, height)), 1)
        let size = (
            width: max(Int((Double(width) * scale).rounded()), 1),
            height: max(Int((Double(height) * scale).rounded()), 1)
        )
        let means = planes.map { $0.means(width: size.width, height: size.height) }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * size.width * size.height)
        for pixel in 0..<size.width * size.height {
            let luma = SIMD3<Float>(repeating: means[0][pixel])
            // BT.601, full range.
            let rgb = luma + (means[1][pixel] - 128) * Self.cbWeights + (means[2][pixel] - 128) * Self.crWeights
            let clamped = rgb.clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255))
            for channel in 0..<3 { pixels.append(UInt8(clamped[channel] + 0.5)) }
        }
        return Picture(width: size.width, height: size.height, pixels: pixels)
    }

    /// What one unit of Cb adds to R, G and B.
    private static let cbWeights = SIMD3<Float>(0, -0.344_136, 1.772)
    /// What one unit of Cr adds to R, G and B.
    private static let crWeights = SIMD3<Float>(1.402, -0.714_136, 0)

    private var planes: [Plane] { frame.planes(chroma: format == Self.halfChroma ? .half : .full) }
}

extension Frame {
    /// The planes of Y, Cb and Cr with 8 bits.
    func planes(chroma: PlanarPicture.Chroma) -> [Plane] {
        let (data, linesize) = (frame.pointee.data, frame.pointee.linesize)
        let size =
            chroma == .half ? (width: (width + 1) / 2, height: (height + 1) / 2) : (width: width, height: height)
        return [
            (data.0, linesize.0, width, height), (data.1, linesize.1, size.width, size.height),
            (data.2, linesize.2, size.width, size.height),
        ].compactMap { bytes, stride, width, height in
            bytes.map { Plane(bytes: $0, stride: Int(stride), width: width, height: height) }
        }
    }
}
