import CFFmpeg

extension PlanarPicture {
    /// Encodes a JPEG (BT.601, full range) without metadata. `quality` is the quantiser scale, from 1 (best) to 31.
    /// - Throws: ``FFmpegError/Code/unsupported`` where this build has no encoder, ``FFmpegError/Code/memory``, or an error of
    ///   the encoder.
    public func jpeg(quality: Int) throws(FFmpegError) -> [UInt8] {
        let quality = min(max(quality, 1), 31)
        return try Encoder(AV_CODEC_ID_MJPEG, width: width, height: height, format: format, quality: quality)
            .encode(frame)
    }
}

extension Picture {
    /// Encodes a PNG of 8-bit RGB.
    /// - Throws: ``FFmpegError/Code/unsupported`` where this build has no encoder, ``FFmpegError/Code/memory``, or an error of
    ///   the encoder.
    public func png() throws(FFmpegError) -> [UInt8] {
        try Encoder(AV_CODEC_ID_PNG, width: width, height: height, format: AV_PIX_FMT_RGB24, quality: nil)
            .encode(frame())
    }

    /// Copies the picture to a frame.
    func frame() throws(FFmpegError) -> Frame {
        let frame = try Frame(width: width, height: height, format: AV_PIX_FMT_RGB24)
        guard let bytes = frame.frame.pointee.data.0 else { throw FFmpegError(.memory, "no memory for a picture") }
        let stride = Int(frame.frame.pointee.linesize.0)
        pixels.withUnsafeBufferPointer { pixels in
            for y in 0..<height {
                let row = bytes + y * stride
                row.update(from: pixels.baseAddress! + 3 * width * y, count: 3 * width)
                // Chroma is computed from pairs of pixels: the last column of an odd width is repeated, so that no
                // uninitialised memory is read.
                if !width.isMultiple(of: 2), stride >= 3 * (width + 1) {
                    (row + 3 * width).update(from: row + 3 * (width - 1), count: 3)
                }
            }
        }
        return frame
    }
}

/// Encodes single pictures.
private final class Encoder {
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let quality: Int?

    init(_ id: AVCodecID, width: Int, height: Int, format: AVPixelFormat, quality: Int?) throws(FFmpegError) {
        Libraries.prepare()
        guard let codec = avcodec_find_encoder(id) else {
            throw FFmpegError(.unsupported, "this build has no encoder for \(String(cString: avcodec_get_name(id)))")
        }
        guard let context = avcodec_alloc_context3(codec) else {
            throw FFmpegError(.memory, "no memory for an encoder")
        }
        self.context = context
        self.quality = quality
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        context.pointee.pix_fmt = format
        context.pointee.color_range = AVCOL_RANGE_JPEG
        context.pointee.time_base = AVRational(num: 1, den: 25)
        context.pointee.thread_count = 1
        // Without this flag the encoder adds a comment with its name.
        context.pointee.flags |= AV_CODEC_FLAG_BITEXACT
        if let quality {
            context.pointee.flags |= AV_CODEC_FLAG_QSCALE
            context.pointee.qmin = 1
            context.pointee.global_quality = FF_QP2LAMBDA * Int32(quality)
            // Optimal Huffman tables would save a twelfth of the bytes and cost a fifth of the time.
            av_opt_set(context.pointee.priv_data, "huffman", "default", 0)
        }
        let status = avcodec_open2(context, codec, nil)
        guard status >= 0 else { throw FFmpegError(status: status, "opening an encoder") }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    func encode(_ frame: Frame) throws(FFmpegError) -> [UInt8] {
        frame.frame.pointee.pts = 0
        if let quality { frame.frame.pointee.quality = FF_QP2LAMBDA * Int32(quality) }
        var status = avcodec_send_frame(context, frame.frame)
        if status >= 0 { status = avcodec_send_frame(context, nil) }
        let packet = try Packet()
        if status >= 0 { status = avcodec_receive_packet(context, packet.packet) }
        guard status >= 0, let data = packet.packet.pointee.data else {
            throw FFmpegError(status: status, "encoding a picture")
        }
        return Array(UnsafeBufferPointer(start: data, count: packet.byteCount))
    }
}
