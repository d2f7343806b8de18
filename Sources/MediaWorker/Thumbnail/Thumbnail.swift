import FFmpeg
import MediaModel

/// A frame made into a small JPEG, as it would be displayed.
struct Thumbnail {
    /// A dark or small picture costs little and shows its steps first: below this size in bytes it gets the best quality.
    private static let cheap = 12_000

    /// What a BlurHash is computed from: more pixels would not change it.
    private static let miniatureSide = 32

    let settings: ThumbnailSettings

    /// A picture made small, and smaller still.
    struct Preview {
        let jpeg: [UInt8]
        let blurHash: String
    }

    /// `sampleAspect` is the container's word, which goes before the codec's; `colours` what its profile calls for.
    func preview(
        _ frame: Frame, sampleAspect: Rational?, orientation: Orientation, colours: ColourConversion? = nil
    ) throws(FFmpegError) -> Preview {
        let aspect = sampleAspect?.value == nil ? frame.sampleAspect : sampleAspect
        let displayed = Dimensions(
            width: frame.width, height: frame.height, sampleAspect: aspect, orientation: orientation)
        let size = displayed.fitted(to: settings.longestSide)
        let stored = orientation.swapsSides ? Dimensions(width: size.height, height: size.width) : size
        let picture = try frame.planarPicture(width: stored.width, height: stored.height, colours: colours)
        let upright = try picture.turned(orientation)
        var jpeg = try upright.jpeg(quality: settings.quality)
        if jpeg.count < Self.cheap && settings.quality > 1 { jpeg = try upright.jpeg(quality: 1) }
        let miniature = upright.miniature(longestSide: Self.miniatureSide)
        return Preview(jpeg: jpeg, blurHash: BlurHash(for: miniature).text(of: miniature))
    }
}

extension Inspection {
    /// Takes a preview in.
    mutating func show(_ preview: Thumbnail.Preview) {
        thumbnail = preview.jpeg
        blurHash = preview.blurHash
    }
}
