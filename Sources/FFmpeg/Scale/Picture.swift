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

    /// The same picture turned as `orientation` says it is displayed.
    public func turned(_ orientation: Orientation) -> Picture {
        guard orientation != .up else { return self }
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { bytes, count in
            pixels.withUnsafeBufferPointer { pixels in
                for y in 0..<newHeight {
                    for x in 0..<newWidth {
                        let from = orientation.stored(x: x, y: y, width: width, height: height)
                        let source = 3 * (from.y * width + from.x)
                        let target = 3 * (y * newWidth + x)
                        bytes[target] = pixels[source]
                        bytes[target + 1] = pixels[source + 1]
                        bytes[target + 2] = pixels[source + 2]
                    }
                }
            }
            count = pixels.count
        }
        return Picture(width: newWidth, height: newHeight, pixels: turned)
    }
}
