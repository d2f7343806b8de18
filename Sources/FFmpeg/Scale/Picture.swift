/// A picture in memory: 8-bit R, G, B of each pixel, row by row from the top, with no gaps.
public struct Picture: Sendable {
    /// In pixels, positive.
    public let width: Int
    /// In pixels, positive.
    public let height: Int
    /// 3 × width × height bytes.
    public let pixels: [UInt8]

    /// A picture of `pixels`, 3 × `width` × `height` of them.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == 3 * width * height, "a picture of another size")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
