import CFFmpeg

/// A context of libswscale for one conversion.
final class ScaleContext {
    private let context: OpaquePointer

    /// YUV output as that of JPEG.
    static let jpeg = (matrix: SWS_CS_ITU601, isFullRange: true)

    /// Creates a conversion from one size and format to another. `matrix` (SWS_CS_…) and `isFullRange` describe YUV input, `target`
    /// describes YUV output.
    /// - Parameter isFast: whether the conversion is that of each frame of a video, whose errors of rounding are not visible.
    init(
        from: (width: Int, height: Int, format: AVPixelFormat), to: (width: Int, height: Int, format: AVPixelFormat),
        matrix: Int32 = SWS_CS_DEFAULT, isFullRange: Bool = false,
        target: (matrix: Int32, isFullRange: Bool) = ScaleContext.jpeg, isFast: Bool = false
    ) throws(FFmpegError) {
        // From YUV to YUV, interpolating chroma to full size first would be wasted work.
        let isPlanar = to.format == PlanarPicture.halfChroma
        let exact = SWS_ACCURATE_RND | (isPlanar ? 0 : SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP)
        let flags = SWS_BICUBIC | (isFast ? 0 : exact)
        guard let context = sws_alloc_context() else { throw FFmpegError(.memory, "no memory for a conversion") }
        // The range is set before the initialisation: set afterwards, it is ignored for more than 8 bits.
        let options: [(String, Int)] = [
            ("srcw", from.width), ("srch", from.height), ("src_format", Int(from.format.rawValue)),
            ("src_range", isFullRange ? 1 : 0), ("dstw", to.width), ("dsth", to.height),
            ("dst_format", Int(to.format.rawValue)), ("dst_range", target.isFullRange ? 1 : 0),
            ("sws_flags", Int(flags)),
        ]
        for (name, value) in options { av_opt_set_int(UnsafeMutableRawPointer(context), name, Int64(value), 0) }
        guard sws_init_context(context, nil, nil) >= 0 else {
            sws_freeContext(context)
            throw FFmpegError(.unsupported, "this build cannot convert pixels of format \(from.format.rawValue)")
        }
        self.context = context
        // Ignored for formats that are not YUV.
        sws_setColorspaceDetails(
            context, sws_getCoefficients(matrix), isFullRange ? 1 : 0, sws_getCoefficients(target.matrix),
            target.isFullRange ? 1 : 0, 0, 1 << 16, 1 << 16)
    }

    deinit { sws_freeContext(context) }

    func convert(_ source: Frame, to target: Frame) throws(FFmpegError) {
        let status = sws_scale_frame(context, target.frame, source.frame)
        guard status >= 0 else { throw FFmpegError(status: status, "scaling") }
    }
}

extension Frame {
    /// Creates a frame with memory for a picture.
    convenience init(width: Int, height: Int, format: AVPixelFormat) throws(FFmpegError) {
        try self.init()
        frame.pointee.width = Int32(width)
        frame.pointee.height = Int32(height)
        frame.pointee.format = format.rawValue
        guard av_frame_get_buffer(frame, 0) >= 0 else { throw FFmpegError(.memory, "no memory for a picture") }
    }
}
