import CFFmpeg

/// A context of libswscale for one conversion.
final class ScaleContext {
    private let context: OpaquePointer

    /// Creates a conversion from one size and format to another. `matrix` (SWS_CS_…) and `isFullRange` describe YUV input; YUV
    /// output is that of JPEG: BT.601, full range.
    init(
        from: (width: Int, height: Int, format: AVPixelFormat), to: (width: Int, height: Int, format: AVPixelFormat),
        matrix: Int32 = SWS_CS_DEFAULT, isFullRange: Bool = false
    ) throws(FFmpegError) {
        // From YUV to YUV, interpolating chroma to full size first would be wasted work.
        let isPlanar = to.format == PlanarPicture.halfChroma
        let flags = SWS_BICUBIC | SWS_ACCURATE_RND | (isPlanar ? 0 : SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP)
        guard
            let context = sws_getContext(
                Int32(from.width), Int32(from.height), from.format, Int32(to.width), Int32(to.height), to.format, flags,
                nil, nil, nil)
        else { throw FFmpegError(.unsupported, "this build cannot convert pixels of format \(from.format.rawValue)") }
        self.context = context
        // Ignored for formats that are not YUV.
        sws_setColorspaceDetails(
            context, sws_getCoefficients(matrix), isFullRange ? 1 : 0, sws_getCoefficients(SWS_CS_ITU601), 1, 0,
            1 << 16,
            1 << 16)
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
