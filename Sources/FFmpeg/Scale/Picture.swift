/// A picture in memory: 8-bit R, G, B of each pixel, row by row from the top, without padding.
public struct Picture: Sendable {
    /// The width in pixels, positive.
    public let width: Int
    /// The height in pixels, positive.
    public let height: Int
    /// The pixels: 3 × width × height bytes.
    public let pixels: [UInt8]

    /// Creates a picture of `pixels`, 3 × `width` × `height` bytes.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == 3 * width * height, "a picture of another size")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
