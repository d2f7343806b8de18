import Testing

@testable import FFmpeg

@Suite("Orientation")
struct OrientationTests {
    @Test("a display matrix names the nearest of the eight turns")
    func matrices() {
        #expect(Orientation(a: 65536, b: 0, c: 0, d: 65536) == .up)
        #expect(Orientation(a: -65536, b: 0, c: 0, d: 65536) == .upMirrored)
        #expect(Orientation(a: -65536, b: 0, c: 0, d: -65536) == .down)
        #expect(Orientation(a: 65536, b: 0, c: 0, d: -65536) == .downMirrored)
        #expect(Orientation(a: 0, b: 65536, c: 65536, d: 0) == .leftMirrored)
        #expect(Orientation(a: 0, b: 65536, c: -65536, d: 0) == .right)
        #expect(Orientation(a: 0, b: -65536, c: -65536, d: 0) == .rightMirrored)
        #expect(Orientation(a: 0, b: -65536, c: 65536, d: 0) == .left)
    }

    @Test("a picture of two by three pixels is turned as EXIF says", arguments: Orientation.allCases)
    func turned(orientation: Orientation) {
        // Row by row: 0 1 / 2 3 / 4 5.
        var (stored, displayed) = ([UInt8](0..<6), [UInt8](repeating: 0, count: 6))
        let expected: [[UInt8]] = [
            [0, 1, 2, 3, 4, 5], [1, 0, 3, 2, 5, 4], [5, 4, 3, 2, 1, 0], [4, 5, 2, 3, 0, 1],
            [0, 2, 4, 1, 3, 5], [4, 2, 0, 5, 3, 1], [5, 3, 1, 4, 2, 0], [1, 3, 5, 0, 2, 4],
        ]
        let (width, height) = orientation.swapsSides ? (3, 2) : (2, 3)
        stored.withUnsafeMutableBufferPointer { from in
            displayed.withUnsafeMutableBufferPointer { to in
                Plane(bytes: from.baseAddress!, stride: 2, width: 2, height: 3).turn(
                    orientation,
                    into: Plane(bytes: to.baseAddress!, stride: width, width: width, height: height))
            }
        }
        #expect(displayed == expected[orientation.rawValue - 1])
    }
}
