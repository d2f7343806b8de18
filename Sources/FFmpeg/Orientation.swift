/// How stored pixels are rotated and mirrored for display, with the numbers of Exif (TIFF tag 274).
public enum Orientation: Int, Sendable, Codable, CaseIterable {
    case up = 1, upMirrored, down, downMirrored, leftMirrored, right, rightMirrored, left

    /// Whether width and height are swapped.
    public var swapsSides: Bool { rawValue >= 5 }

    /// The clockwise rotation in degrees, without the mirroring.
    public var degrees: Int {
        switch self {
        case .up, .upMirrored: 0
        case .right, .rightMirrored: 90
        case .down, .downMirrored: 180
        case .left, .leftMirrored: 270
        }
    }

    /// The orientation nearest to a display matrix, whose linear part maps (x, y) to (ax + cy, bx + dy) with y pointing down
    /// (ISO/IEC 14496-12, 6.2.2).
    init(a: Int, b: Int, c: Int, d: Int) {
        if abs(a) + abs(d) >= abs(b) + abs(c) {
            self = a >= 0 ? (d >= 0 ? .up : .downMirrored) : (d >= 0 ? .upMirrored : .down)
        } else {
            self = b >= 0 ? (c >= 0 ? .leftMirrored : .right) : (c >= 0 ? .left : .rightMirrored)
        }
    }

    /// The orientation that results from this one followed by another.
    public func followed(by next: Orientation) -> Orientation {
        let (first, second) = (matrix, next.matrix)
        return Orientation(
            a: second.a * first.a + second.c * first.b, b: second.b * first.a + second.d * first.b,
            c: second.a * first.c + second.c * first.d, d: second.b * first.c + second.d * first.d)
    }

    /// The linear part of its display matrix.
    private var matrix: (a: Int, b: Int, c: Int, d: Int) {
        switch self {
        case .up: (1, 0, 0, 1)
        case .upMirrored: (-1, 0, 0, 1)
        case .down: (-1, 0, 0, -1)
        case .downMirrored: (1, 0, 0, -1)
        case .leftMirrored: (0, 1, 1, 0)
        case .right: (0, 1, -1, 0)
        case .rightMirrored: (0, -1, -1, 0)
        case .left: (0, -1, 1, 0)
        }
    }

    /// The stored position of the pixel that is displayed at (`x`, `y`), in a picture stored as `width` × `height`.
    public func stored(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        switch self {
        case .up: (x, y)
        case .upMirrored: (width - 1 - x, y)
        case .down: (width - 1 - x, height - 1 - y)
        case .downMirrored: (x, height - 1 - y)
        case .leftMirrored: (y, x)
        case .right: (y, height - 1 - x)
        case .rightMirrored: (width - 1 - y, height - 1 - x)
        case .left: (width - 1 - y, x)
        }
    }
}
