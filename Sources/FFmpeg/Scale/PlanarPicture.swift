import CFFmpeg

/// A picture as JPEG stores it: Y, Cb and Cr in planes of 8 bits (BT.601, full range), chroma at half the width and height.
public struct PlanarPicture {
    static let format = AV_PIX_FMT_YUVJ420P

    let frame: Frame

    init(_ frame: Frame) { self.frame = frame }

    /// The same picture in planes.
    public init(_ picture: Picture) throws(FFmpegError) {
        let (width, height) = (picture.width, picture.height)
        frame = try Frame(width: width, height: height, format: Self.format)
        let scale = try ScaleContext(from: (width, height, AV_PIX_FMT_RGB24), to: (width, height, Self.format))
        try scale.convert(picture.frame(), to: frame)
    }

    /// In pixels.
    public var width: Int { frame.width }
    /// In pixels.
    public var height: Int { frame.height }

    /// The same picture turned as `orientation` says it is displayed.
    public func turned(_ orientation: Orientation) throws(FFmpegError) -> PlanarPicture {
        guard orientation != .up else { return self }
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        let result = PlanarPicture(try Frame(width: newWidth, height: newHeight, format: Self.format))
        for (from, to) in zip(planes, result.planes) { from.turn(orientation, into: to) }
        return result
    }

    /// Brings samples of another matrix to that of JPEG, in their place.
    func change(_ matrix: MatrixChange) {
        let planes = planes
        if planes.count == 3 { matrix.apply(planes[0], planes[1], planes[2]) }
    }

    /// The same picture in at most `longestSide` pixels a side, each the mean of those it stands for.
    public func miniature(longestSide: Int) throws(FFmpegError) -> Picture {
        let scale = min(Double(longestSide) / Double(max(width, height)), 1)
        let size = (
            width: max(Int((Double(width) * scale).rounded()), 1),
            height: max(Int((Double(height) * scale).rounded()), 1)
        )
        let result = try Frame(width: size.width, height: size.height, format: AV_PIX_FMT_RGB24)
        let context = try ScaleContext(
            from: (width, height, Self.format), to: (size.width, size.height, AV_PIX_FMT_RGB24), matrix: SWS_CS_ITU601,
            isFullRange: true, isAveraging: true)
        try context.convert(frame, to: result)
        return Picture(width: size.width, height: size.height, pixels: result.packedRows(bytesPerPixel: 3))
    }

    private var planes: [Plane] {
        let (data, linesize) = (frame.frame.pointee.data, frame.frame.pointee.linesize)
        let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
        return [
            (data.0, linesize.0, width, height), (data.1, linesize.1, halfWidth, halfHeight),
            (data.2, linesize.2, halfWidth, halfHeight),
        ].compactMap { bytes, stride, width, height in
            bytes.map { Plane(bytes: $0, stride: Int(stride), width: width, height: height) }
        }
    }
}

/// One plane of a frame, which the frame owns.
struct Plane {
    let bytes: UnsafeMutablePointer<UInt8>
    /// Bytes from one row to the next.
    let stride: Int
    let width: Int
    let height: Int

    /// Writes the plane as it is displayed into `target`, whose sides are this one's or, for a quarter turn, swapped.
    func turn(_ orientation: Orientation, into target: Plane) {
        for y in 0..<target.height {
            let row = target.bytes + y * target.stride
            for x in 0..<target.width {
                let from = orientation.stored(x: x, y: y, width: width, height: height)
                row[x] = bytes[from.y * stride + from.x]
            }
        }
    }
}
