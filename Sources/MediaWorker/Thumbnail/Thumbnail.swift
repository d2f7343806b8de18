import FFmpeg
import MediaModel

/// Makes a small JPEG of a frame as it would be displayed.
struct Thumbnail {
    /// A thumbnail of fewer bytes than this is encoded with the best quality: dark and small pictures show artefacts first.
    private static let smallBytes = 12_000

    /// The longer side of the picture from which the BlurHash is computed, in pixels: more would not change it.
    private static let miniatureSide = 32

    let settings: ThumbnailSettings

    /// A thumbnail and its BlurHash.
    struct Preview {
        let jpeg: [UInt8]
        let blurHash: String
    }

    /// - Parameters:
    ///   - sampleAspect: the pixel aspect that the container states, which takes precedence over the codec's.
    ///   - colours: the conversion that the picture's colour profile requires.
    /// - Throws: the errors of the scaler and the encoder.
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
        if jpeg.count < Self.smallBytes && settings.quality > 1 { jpeg = try upright.jpeg(quality: 1) }
        let miniature = upright.miniature(longestSide: Self.miniatureSide)
        return Preview(jpeg: jpeg, blurHash: BlurHash(for: miniature).text(of: miniature))
    }
}

extension Inspection {
    /// Sets thumbnail and BlurHash.
    mutating func setPreview(_ preview: Thumbnail.Preview) {
        thumbnail = preview.jpeg
        blurHash = preview.blurHash
    }
}
