import FFmpeg
import MediaModel

/// What the head of a still picture says, read without decoding anything.
struct ImageHeader: Equatable {
    /// Pixels as stored.
    var width: Int
    /// Pixels as stored.
    var height: Int
    /// How the picture is turned for display.
    var orientation = Orientation.up
    /// Whether there is more than one picture to it, where the head tells.
    var isAnimated = false

    /// Reads the head of a file of format `container`; `nil` when the size does not stand in `bytes`.
    init?(_ bytes: [UInt8], container: MediaFormat) {
        let header: ImageHeader? =
            switch container {
            case .jpeg: ImageHeader(jpeg: bytes)
            case .png: ImageHeader(png: bytes)
            case .gif: ImageHeader(gif: bytes)
            case .webp: ImageHeader(webp: bytes)
            case .heic, .avif: ImageHeader(heif: bytes)
            default: nil
            }
        guard let header, header.width > 0, header.height > 0 else { return nil }
        self = header
    }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The size in which it is displayed.
    var dimensions: Dimensions {
        Dimensions(width: width, height: height, sampleAspect: nil, orientation: orientation)
    }
}
