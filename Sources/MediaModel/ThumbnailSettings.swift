/// How the preview of a video or an image is made.
public struct ThumbnailSettings: Sendable, Codable, Equatable {
    /// The length of the longer side, in pixels; a smaller picture is not enlarged.
    public var longestSide: Int
    /// The presentation time of the video frame, in seconds; a shorter clip gives its last frame.
    public var time: Double
    /// The JPEG encoder's quantiser scale, from 1 (best) to 31.
    public var quality: Int
    /// The maximum number of pixels in a picture or video frame of which a preview is made: it bounds the memory for decoding.
    public var maximumPixels: Int

    /// The default of ``maximumPixels``: enough for phones and cameras, and within a worker's memory limit.
    public static let defaultMaximumPixels = 100_000_000

    /// Creates settings; the defaults suit a chat.
    public init(
        longestSide: Int = 640, time: Double = 1.0, quality: Int = 2, maximumPixels: Int = defaultMaximumPixels
    ) {
        self.maximumPixels = maximumPixels
        self.longestSide = longestSide
        self.time = time
        self.quality = quality
    }
}
