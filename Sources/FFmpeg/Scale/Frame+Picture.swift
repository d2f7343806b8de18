import CFFmpeg

extension Frame {
    /// A picture of at most this many pixels is converted through RGB and keeps full-size chroma: in a small picture that costs
    /// little, and the difference is visible.
    static let smallPicture = 256 * 256

    /// The picture at `width` × `height` in the planes of JPEG: transparency over white, high dynamic range tone-mapped.
    /// - Parameter colours: the conversion that the picture's profile requires; without one, the frame's own primaries decide.
    /// - Throws: ``FFmpegError/Code/memory`` or ``FFmpegError/Code/unsupported``, or an error of the scaler.
    public func planarPicture(
        width: Int, height: Int, colours: ColourConversion? = nil
    ) throws(FFmpegError) -> PlanarPicture {
        let colours = colours ?? ownColours
        let isSmall = width * height <= Self.smallPicture
        let isPlain = !isTransparent && curve == nil && colours == nil && !isSmall
        // From YUV to YUV directly: converting through RGB costs more than decoding a small video.
        guard isPlain else {
            return try PlanarPicture(
                picture(width: width, height: height, colours: colours), chroma: isSmall ? .full : .half)
        }
        let result = PlanarPicture(
            try converted(width: width, height: height, format: PlanarPicture.halfChroma, matrix: SWS_CS_ITU601))
        MatrixChange(frame.pointee.colorspace).map(result.change)
        return result
    }

    /// The picture at `width` × `height` in sRGB: transparency over white, high dynamic range tone-mapped.
    /// - Throws: as ``planarPicture(width:height:colours:)``.
    public func picture(
        width: Int, height: Int, colours: ColourConversion? = nil
    ) throws(FFmpegError) -> Picture {
        let visible = try isTransparent ? overWhite() : self
        let scaled = try visible.converted(
            width: width, height: height, format: curve == nil ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_RGB48LE,
            matrix: matrix)
        if let curve { return ToneMap(curve, primaries: primaries ?? .bt709).picture(scaled) }
        var pixels = scaled.packedRows(bytesPerPixel: 3)
        (colours ?? ownColours)?.convert(&pixels)
        return Picture(width: width, height: height, pixels: pixels)
    }

    var curve: ToneMap.Curve? { ToneMap.Curve(frame.pointee.color_trc) }

    /// The primaries of high dynamic range; BT.2020, which most of it uses, where none are declared.
    var primaries: ColourPrimaries? {
        switch frame.pointee.color_primaries {
        case AVCOL_PRI_UNSPECIFIED, AVCOL_PRI_RESERVED, AVCOL_PRI_RESERVED0: .bt2020
        default: ColourPrimaries(frame.pointee.color_primaries)
        }
    }

    private var ownColours: ColourConversion? { curve == nil ? ColourConversion(frame.pointee) : nil }

    var format: AVPixelFormat { AVPixelFormat(frame.pointee.format) }

    private var isTransparent: Bool {
        guard let description = av_pix_fmt_desc_get(format) else { return false }
        return description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL) != 0
    }

    func converted(
        width: Int, height: Int, format target: AVPixelFormat, matrix: Int32
    ) throws(FFmpegError) -> Frame {
        let result = try Frame(width: width, height: height, format: target)
        let scale = try ScaleContext(
            from: (self.width, self.height, format), to: (width, height, target), matrix: matrix,
            isFullRange: isFullRange)
        try scale.convert(self, to: result)
        return result
    }

    var isFullRange: Bool {
        let deprecatedFullRange = [
            AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P,
        ]
        return frame.pointee.color_range == AVCOL_RANGE_JPEG || deprecatedFullRange.contains(format)
    }

    /// The matrix between YUV and RGB. Undeclared, it is BT.601, as in FFmpeg: cameras declare what they use, and most files
    /// without a declaration were made by FFmpeg.
    var matrix: Int32 {
        switch frame.pointee.colorspace {
        case AVCOL_SPC_BT709: SWS_CS_ITU709
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
        case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
        case AVCOL_SPC_FCC: SWS_CS_FCC
        default: SWS_CS_ITU601
        }
    }

    private func overWhite() throws(FFmpegError) -> Frame {
        // A frame that the decoder no longer references is changed in place if it is RGB with 8 or 16 bits: in that form, the
        // largest pictures take hundreds of megabytes.
        let isWritable = av_frame_is_writable(frame) != 0
        let visible: Frame
        switch format {
        case AV_PIX_FMT_RGBA where isWritable, AV_PIX_FMT_RGBA64BE where isWritable: visible = self
        default: visible = try converted(width: width, height: height, format: AV_PIX_FMT_RGBA, matrix: matrix)
        }
        if visible !== self {
            visible.frame.pointee.color_trc = frame.pointee.color_trc
            visible.frame.pointee.color_primaries = frame.pointee.color_primaries
        }
        guard let bytes = visible.frame.pointee.data.0 else { return visible }
        let stride = Int(visible.frame.pointee.linesize.0)
        for y in 0..<height {
            if visible.format == AV_PIX_FMT_RGBA {
                Self.blendOverWhite(bytes + y * stride, count: width)
            } else {
                Self.blendWordsOverWhite(bytes + y * stride, count: width)
            }
        }
        if visible.format == AV_PIX_FMT_RGBA { visible.frame.pointee.format = AV_PIX_FMT_RGB0.rawValue }
        return visible
    }

    private static func blendOverWhite(_ row: UnsafeMutablePointer<UInt8>, count: Int) {
        for x in 0..<count {
            let pixel = row + 4 * x
            let alpha = Int(pixel[3])
            if alpha == 255 { continue }
            for channel in 0..<3 {
                pixel[channel] = UInt8((Int(pixel[channel]) * alpha + 255 * (255 - alpha) + 127) / 255)
            }
        }
    }

    /// The same with 16 bits, big endian.
    private static func blendWordsOverWhite(_ row: UnsafeMutablePointer<UInt8>, count: Int) {
        for x in 0..<count {
            let pixel = row + 8 * x
            let alpha = Int(pixel[6]) << 8 | Int(pixel[7])
            if alpha == 65_535 { continue }
            for channel in 0..<3 {
                let word = Int(pixel[2 * channel]) << 8 | Int(pixel[2 * channel + 1])
                let value = (word * alpha + 65_535 * (65_535 - alpha) + 32_767) / 65_535
                pixel[2 * channel] = UInt8(value >> 8)
                pixel[2 * channel + 1] = UInt8(value & 255)
            }
            pixel[6] = 255
            pixel[7] = 255
        }
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
