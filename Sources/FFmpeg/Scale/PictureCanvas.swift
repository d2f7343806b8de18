import CFFmpeg

/// A picture that is put together from tiles of equal size, row by row (the grid of ISO/IEC 23008-12, 6.6.2.3).
public final class PictureCanvas {
    /// The format of a decoded picture's planes.
    private struct Layout {
        let planes: Int
        let bytesPerSample: Int
        let chromaShift: (x: Int, y: Int)

        /// `nil` for a format whose components are not in planes of their own.
        init?(_ format: AVPixelFormat) {
            guard let description = av_pix_fmt_desc_get(format)?.pointee else { return nil }
            let unwanted = AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BITSTREAM
            let components = [description.comp.0, description.comp.1, description.comp.2, description.comp.3]
                .prefix(Int(description.nb_components))
            let planes = Set(components.map(\.plane))
            guard description.flags & UInt64(unwanted) == 0, planes.count == components.count,
                planes.max() == Int32(components.count - 1), let step = components.first?.step,
                components.allSatisfy({ $0.step == step }), (1...2).contains(step)
            else { return nil }
            self.planes = components.count
            bytesPerSample = Int(step)
            chromaShift = (Int(description.log2_chroma_w), Int(description.log2_chroma_h))
        }
    }

    /// The picture: as far as tiles were placed.
    public let frame: Frame
    private let layout: Layout
    private let tile: (width: Int, height: Int)

    /// Creates a picture of `width` × `height` whose tiles are like `first` in size and format.
    /// - Throws: ``FFmpegError/Code/unsupported`` for a format without planes, ``FFmpegError/Code/memory``.
    public init(width: Int, height: Int, tilesLike first: Frame) throws(FFmpegError) {
        guard let layout = Layout(first.format) else {
            throw FFmpegError(.unsupported, "tiles of pixel format \(first.format.rawValue) are not put together here")
        }
        self.layout = layout
        tile = (first.width, first.height)
        frame = try Frame(width: width, height: height, format: first.format)
        av_frame_copy_props(frame.frame, first.frame)
    }

    /// Copies a tile to its place, without what extends beyond the right and the lower edge.
    /// - Throws: ``FFmpegError/Code/invalidData`` for a tile of another size or format, or one that is placed outside.
    public func place(_ tile: Frame, column: Int, row: Int) throws(FFmpegError) {
        let (left, top) = (column * self.tile.width, row * self.tile.height)
        guard tile.width == self.tile.width, tile.height == self.tile.height, tile.format == frame.format else {
            throw FFmpegError(.invalidData, "the tiles of the picture differ in size or format")
        }
        guard (0..<frame.width).contains(left), (0..<frame.height).contains(top) else {
            throw FFmpegError(.invalidData, "a tile is outside the picture")
        }
        for plane in 0..<layout.planes {
            let isChroma = layout.planes >= 3 && (1...2).contains(plane)
            let shift = isChroma ? layout.chromaShift : (x: 0, y: 0)
            func size(_ frame: Frame) -> (width: Int, height: Int) {
                (-(-frame.width >> shift.x), -(-frame.height >> shift.y))
            }
            let (whole, part) = (size(frame), size(tile))
            let (x, y) = (left >> shift.x, top >> shift.y)
            guard let target = Self.plane(frame, plane), let source = Self.plane(tile, plane) else { continue }
            for line in 0..<min(part.height, whole.height - y) {
                memcpy(
                    target.bytes + (y + line) * target.stride + x * layout.bytesPerSample,
                    source.bytes + line * source.stride, min(part.width, whole.width - x) * layout.bytesPerSample)
            }
        }
    }

    private static func plane(_ frame: Frame, _ index: Int) -> (bytes: UnsafeMutablePointer<UInt8>, stride: Int)? {
        let (data, stride) = (frame.frame.pointee.data, frame.frame.pointee.linesize)
        let bytes = [data.0, data.1, data.2, data.3][index]
        return bytes.map { ($0, Int([stride.0, stride.1, stride.2, stride.3][index])) }
    }
}
