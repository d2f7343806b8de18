import FFmpeg
import MediaModel

/// The properties of a still picture that its header states, read without decoding.
struct ImageHeader: Equatable {
    /// The stored width, in pixels.
    var width: Int
    /// The stored height, in pixels.
    var height: Int
    /// Of which part of the coded picture ``width`` and ``height`` are the size (HEIF); `nil` for all of it.
    var crop: Crop?
    /// How the picture is rotated and mirrored for display.
    var orientation = Orientation.up
    /// Whether the file is animated, where the header states it.
    var isAnimated = false

    /// Parses the header of a file of format `container`; `nil` when `bytes` do not contain the size.
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

    /// The size as displayed.
    var dimensions: Dimensions {
        Dimensions(width: width, height: height, sampleAspect: nil, orientation: orientation)
    }
}
