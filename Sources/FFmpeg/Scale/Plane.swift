/// One plane of a frame; the frame owns its memory.
struct Plane {
    /// The side of the squares that are rotated at once, in pixels: their rows and columns fit into the first-level cache.
    private static let tile = 16

    let bytes: UnsafeMutablePointer<UInt8>
    /// The number of bytes from one row to the next.
    let stride: Int
    let width: Int
    let height: Int

    /// Writes the plane as it is displayed to `target`, whose width and height are swapped for a quarter turn.
    func turn(_ orientation: Orientation, into target: Plane) {
        // The offset of the pixel that is displayed first, and the distances to the next ones on its right and below it.
        let origin = offset(orientation.stored(x: 0, y: 0, width: width, height: height))
        let right = offset(orientation.stored(x: 1, y: 0, width: width, height: height)) - origin
        let down = offset(orientation.stored(x: 0, y: 1, width: width, height: height)) - origin
        for top in Swift.stride(from: 0, to: target.height, by: Self.tile) {
            for left in Swift.stride(from: 0, to: target.width, by: Self.tile) {
                for y in top..<min(top + Self.tile, target.height) {
                    let row = target.bytes + y * target.stride
                    var from = bytes + (origin + y * down + left * right)
                    for x in left..<min(left + Self.tile, target.width) {
                        row[x] = from.pointee
                        from += right
                    }
                }
            }
        }
    }

    private func offset(_ position: (x: Int, y: Int)) -> Int { position.y * stride + position.x }

    /// The mean of the samples in each of `width` × `height` equal parts.
    func means(width columns: Int, height rows: Int) -> [Float] {
        var means = [Float](repeating: 0, count: columns * rows)
        var sums = [UInt32](repeating: 0, count: width)
        for row in 0..<rows {
            let lines = Self.part(row, of: rows, over: height)
            sums.withUnsafeMutableBufferPointer { sums in
                sums.update(repeating: 0)
                for y in lines {
                    let line = bytes + y * stride
                    for x in 0..<width { sums[x] &+= UInt32(line[x]) }
                }
                for column in 0..<columns {
                    let part = Self.part(column, of: columns, over: width)
                    let sum = part.reduce(UInt32(0)) { $0 &+ sums[$1] }
                    means[row * columns + column] = Float(sum) / Float(part.count * lines.count)
                }
            }
        }
        return means
    }

    /// The samples of one part: at least one, also where there are more parts than samples.
    private static func part(_ index: Int, of parts: Int, over length: Int) -> Range<Int> {
        let first = min(index * length / parts, length - 1)
        return first..<max((index + 1) * length / parts, first + 1)
    }
}
