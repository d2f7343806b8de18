import CFFmpeg

extension Frame {
    /// Up to this many pixels a picture is brought into RGB's range on its way: that costs next to nothing, and in a small
    /// one the difference shows.
    private static let smallPicture = 256 * 256

    /// The picture at `width` × `height` as JPEG stores it: transparent parts over white, high dynamic range brought down.
    public func planarPicture(width: Int, height: Int) throws(FFmpegError) -> PlanarPicture {
        let isPlain =
            !isTransparent && ToneMap.Curve(frame.pointee.color_trc) == nil && width * height > Self.smallPicture
        // From YUV to YUV, without the way through RGB, which costs more than decoding a small video does.
        guard isPlain else { return try PlanarPicture(picture(width: width, height: height)) }
        let result = PlanarPicture(
            try converted(width: width, height: height, format: PlanarPicture.format, matrix: SWS_CS_ITU601))
        MatrixChange(frame.pointee.colorspace).map(result.change)
        return result
    }

    /// The picture at `width` × `height`, in sRGB: transparent parts over white, high dynamic range brought down.
    public func picture(width: Int, height: Int) throws(FFmpegError) -> Picture {
        let visible = try isTransparent ? overWhite() : self
        let curve = ToneMap.Curve(visible.frame.pointee.color_trc)
        let scaled = try visible.converted(
            width: width, height: height, format: curve == nil ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_RGB48LE, matrix: matrix)
        if let curve { return ToneMap(curve).picture(scaled) }
        return Picture(width: width, height: height, pixels: scaled.packedRows(bytesPerPixel: 3))
    }

    private var format: AVPixelFormat { AVPixelFormat(frame.pointee.format) }

    private var isTransparent: Bool {
        guard let description = av_pix_fmt_desc_get(format) else { return false }
        return description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL) != 0
    }

    private func converted(
        width: Int, height: Int, format target: AVPixelFormat, matrix: Int32
    ) throws(FFmpegError) -> Frame {
        let result = try Frame(width: width, height: height, format: target)
        let scale = try ScaleContext(
            from: (self.width, self.height, format), to: (width, height, target), matrix: matrix,
            isFullRange: isFullRange)
        try scale.convert(self, to: result)
        return result
    }

    private var isFullRange: Bool {
        let deprecatedFullRange = [
            AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P,
        ]
        return frame.pointee.color_range == AVCOL_RANGE_JPEG || deprecatedFullRange.contains(format)
    }

    /// The matrix between YUV and RGB. Where nothing is said it is BT.601, as FFmpeg has it: cameras say what they use, and
    /// most files that do not were made by FFmpeg.
    private var matrix: Int32 {
        switch frame.pointee.colorspace {
        case AVCOL_SPC_BT709: SWS_CS_ITU709
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
        case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
        case AVCOL_SPC_FCC: SWS_CS_FCC
        default: SWS_CS_ITU601
        }
    }

    private func overWhite() throws(FFmpegError) -> Frame {
        let result = try converted(width: width, height: height, format: AV_PIX_FMT_RGBA, matrix: matrix)
        guard let bytes = result.frame.pointee.data.0 else { return result }
        let stride = Int(result.frame.pointee.linesize.0)
        for y in 0..<height {
            let row = bytes + y * stride
            for x in 0..<width {
                let pixel = row + 4 * x
                let alpha = Int(pixel[3])
                if alpha == 255 { continue }
                for channel in 0..<3 {
                    pixel[channel] = UInt8((Int(pixel[channel]) * alpha + 255 * (255 - alpha) + 127) / 255)
                }
            }
        }
        result.frame.pointee.format = AV_PIX_FMT_RGB0.rawValue
        return result
    }

    func packedRows(bytesPerPixel: Int) -> [UInt8] {
        let rowBytes = width * bytesPerPixel
        guard let bytes = frame.pointee.data.0 else { return [UInt8](repeating: 0, count: rowBytes * height) }
        let stride = Int(frame.pointee.linesize.0)
        return [UInt8](unsafeUninitializedCapacity: rowBytes * height) { result, count in
            for y in 0..<height {
                (result.baseAddress! + y * rowBytes).initialize(from: bytes + y * stride, count: rowBytes)
            }
            count = rowBytes * height
        }
    }
}
