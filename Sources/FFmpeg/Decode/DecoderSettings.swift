/// How a stream is decoded.
public struct DecoderSettings: Sendable {
    /// The maximum number of pixels in a frame: larger ones are rejected, much larger ones before memory is allocated.
    public var maximumPixels: Int
    /// Decodes pictures at 1/2, 1/4 or 1/8 (1, 2, 3) of their size where the codec can (JPEG).
    public var reduction: Int
    /// The number of threads that decode, where the codec can use several.
    public var threads: Int

    /// Creates settings.
    public init(maximumPixels: Int, reduction: Int = 0, threads: Int = 1) {
        self.maximumPixels = maximumPixels
        self.reduction = reduction
        self.threads = threads
    }
}
