/// How a stream is decoded.
public struct DecoderSettings: Sendable {
    /// The most pixels in a frame: larger ones are refused, much larger ones before their memory is allocated.
    public var maximumPixels: Int
    /// Decode pictures at 1/2, 1/4 or 1/8 (1, 2, 3) of their size where the codec can (JPEG).
    public var reduction: Int

    /// Settings for one decoder.
    public init(maximumPixels: Int, reduction: Int = 0) {
        self.maximumPixels = maximumPixels
        self.reduction = reduction
    }
}
