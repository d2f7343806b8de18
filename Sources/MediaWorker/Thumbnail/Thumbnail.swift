import FFmpeg

/// A frame made into a small JPEG, as it would be displayed.
struct Thumbnail {
    /// A dark or small picture costs little and shows its steps first: below this size in bytes it gets the best quality.
    private static let cheap = 12_000

    let settings: ThumbnailSettings

    /// `sampleAspect` is the container's word, which goes before the codec's.
    func jpeg(_ frame: Frame, sampleAspect: Rational?, orientation: Orientation) throws(FFmpegError) -> [UInt8] {
        let aspect = sampleAspect?.value == nil ? frame.sampleAspect : sampleAspect
        let displayed = Dimensions(
            width: frame.width, height: frame.height, sampleAspect: aspect, orientation: orientation)
        let size = displayed.fitted(to: settings.longestSide)
        let stored = orientation.swapsSides ? Dimensions(width: size.height, height: size.width) : size
        let picture = try frame.planarPicture(width: stored.width, height: stored.height)
        let upright = try picture.turned(orientation)
        let jpeg = try upright.jpeg(quality: settings.quality)
        return jpeg.count < Self.cheap && settings.quality > 1 ? try upright.jpeg(quality: 1) : jpeg
    }
}
