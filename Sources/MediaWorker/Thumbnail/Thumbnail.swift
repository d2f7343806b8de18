import FFmpeg

/// A frame made into a small JPEG, as it would be displayed.
struct Thumbnail {
    let settings: ThumbnailSettings

    /// `sampleAspect` is the container's word, which goes before the codec's.
    func jpeg(_ frame: Frame, sampleAspect: Rational?, orientation: Orientation) throws(FFmpegError) -> [UInt8] {
        let aspect = sampleAspect?.value == nil ? frame.sampleAspect : sampleAspect
        let displayed = Dimensions(
            width: frame.width, height: frame.height, sampleAspect: aspect, orientation: orientation)
        let size = displayed.fitted(to: settings.longestSide)
        let stored = orientation.swapsSides ? Dimensions(width: size.height, height: size.width) : size
        let picture = try frame.picture(width: stored.width, height: stored.height)
        return try picture.turned(orientation).jpeg(quality: settings.quality)
    }
}
