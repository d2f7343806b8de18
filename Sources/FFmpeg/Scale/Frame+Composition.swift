import CFFmpeg

extension Frame {
    /// The picture with the luma of `alpha` as its opacity, in RGBA with 8 bits; `alpha` is scaled to its size.
    /// - Parameter isPremultiplied: whether the colours are multiplied by the opacity already.
    /// - Throws: ``FFmpegError/Code/memory`` or ``FFmpegError/Code/unsupported``, or an error of the scaler.
    public func withOpacity(_ alpha: Frame, isPremultiplied: Bool) throws(FFmpegError) -> Frame {
        let result = try converted(width: width, height: height, format: AV_PIX_FMT_RGBA, matrix: matrix)
        result.frame.pointee.color_trc = frame.pointee.color_trc
        result.frame.pointee.color_primaries = frame.pointee.color_primaries
        // Opacity has no range of its own: every code value counts.
        alpha.frame.pointee.color_range = AVCOL_RANGE_JPEG
        let opacity = try alpha.converted(width: width, height: height, format: AV_PIX_FMT_GRAY8, matrix: SWS_CS_ITU601)
        guard let pixels = result.frame.pointee.data.0, let values = opacity.frame.pointee.data.0 else { return result }
        let strides = (Int(result.frame.pointee.linesize.0), Int(opacity.frame.pointee.linesize.0))
        for y in 0..<height {
            let (row, line) = (pixels + y * strides.0, values + y * strides.1)
            for x in 0..<width {
                let value = line[x]
                row[4 * x + 3] = value
                guard isPremultiplied, value > 0, value < 255 else { continue }
                for channel in 4 * x..<4 * x + 3 {
                    row[channel] = UInt8(min((Int(row[channel]) * 255 + Int(value) / 2) / Int(value), 255))
                }
            }
        }
        return result
    }

    /// Cuts the picture to `width` × `height` pixels from (`x`, `y`), without copying it. Chroma of half size may be shifted by
    /// half of one of its pixels. Does nothing where that is not within the picture.
    public func crop(x: Int, y: Int, width: Int, height: Int) {
        guard x >= 0, y >= 0, width > 0, height > 0, width <= self.width - x, height <= self.height - y else { return }
        frame.pointee.crop_left = x
        frame.pointee.crop_top = y
        frame.pointee.crop_right = self.width - x - width
        frame.pointee.crop_bottom = self.height - y - height
        av_frame_apply_cropping(frame, Int32(AV_FRAME_CROP_UNALIGNED))
    }
}
