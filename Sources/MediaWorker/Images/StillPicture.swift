import FFmpeg
import MediaModel

/// Decodes a still picture, and determines the colour conversion that its file requires.
struct StillPicture {
    /// The result.
    struct Decoded {
        let frame: Frame
        /// The conversion to sRGB, where one is needed; `nil` also where the frame itself is tagged.
        let colours: ColourConversion?
        /// The end of the coded picture, in bytes, if other data follow without an end marker.
        var end: Int?
    }

    let bytes: [UInt8]
    let container: MediaFormat
    let header: ImageHeader
    let policy: MediaPolicy

    /// The name of the format, for a message that it cannot be decoded.
    var name: String { container == .webp ? "this animation" : container.rawValue }

    /// Decodes the (first) picture, perhaps reduced to somewhat more than `side`; `nil` where this build has no decoder.
    func decoded(for side: Int, deadline: Deadline) throws(FFmpegError) -> Decoded? {
        switch container {
        case .jpeg: try jpeg(reduction(to: side), deadline)
        case .png: try png()
        case .webp: try webp()
        case .gif: Decoded(frame: try decode(bytes, .gif), colours: nil)
        default: nil
        }
    }

    private func reduction(to side: Int) -> Int {
        let longest = max(header.width, header.height)
        return (0...3).last { longest >> $0 >= side } ?? 0
    }

    private func jpeg(_ reduction: Int, _ deadline: Deadline) throws(FFmpegError) -> Decoded {
        do throws(FFmpegError) {
            let settings = JPEGDecoder.Settings(
                maximumPixels: policy.maximumDecodedPixels, maximumPasses: policy.maximumPasses, reduction: reduction,
                deadline: deadline)
            let picture = try JPEGDecoder.decode(bytes, settings: settings)
            return Decoded(frame: picture.frame, colours: picture.colours, end: picture.unmarkedEnd)
        } catch  where error.code == .unsupported {
            // FFmpeg's decoder supports lossless JPEG too. Where it fails as well, the first error is reported.
            let isLossless = JPEGSegments(bytes).contains { $0.marker == 0xC3 }
            guard isLossless, let frame = try? decode(bytes, .jpeg, reduction) else { throw error }
            return Decoded(frame: frame, colours: nil)
        }
    }

    private func png() throws(FFmpegError) -> Decoded {
        let frame = try decode(PNGPicture.reduced(bytes), .png)
        switch PNGColours(bytes) {
        case .none: return Decoded(frame: frame, colours: nil)
        case .codePoints(let primaries, let transfer):
            frame.tagColours(primaries: primaries, transfer: transfer)
            return Decoded(frame: frame, colours: nil)
        case .conversion(let colours): return Decoded(frame: frame, colours: colours)
        }
    }

    private func webp() throws(FFmpegError) -> Decoded? {
        let picture = WebPPicture(bytes)
        let still = header.isAnimated ? WebPAnimation.firstFrame(bytes, canvas: header) : picture.reduced
        guard let still else { return nil }
        return Decoded(frame: try decode(still, .webp), colours: picture.colours)
    }

    private func decode(
        _ bytes: [UInt8], _ format: StillDecoder.Format, _ reduction: Int = 0
    ) throws(FFmpegError) -> Frame {
        try StillDecoder.decode(
            bytes, format: format,
            settings: DecoderSettings(maximumPixels: policy.maximumDecodedPixels, reduction: reduction))
    }
}
