import CFFmpeg

/// Converts Y, Cb and Cr of another matrix to BT.601, which JPEG prescribes, in the planes of a small picture: libswscale converts
/// through RGB, which costs more than decoding a small video and rounds dark pictures up.
struct MatrixChange {
    /// Fractional bits of the factors.
    private static let bits = 14

    // Y' = Y + y.blue Cb + y.red Cr; Cb' = blue.blue Cb + blue.red Cr; Cr' likewise. Chroma is relative to 128.
    private let y: (blue: Int32, red: Int32)
    private let blue: (blue: Int32, red: Int32)
    private let red: (blue: Int32, red: Int32)

    /// The conversion from `space`; `nil` for BT.601, its equivalents, and undeclared ones.
    init?(_ space: AVColorSpace) {
        switch space {
        case AVCOL_SPC_BT709: self.init(red: 0.2126, blue: 0.0722)
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: self.init(red: 0.2627, blue: 0.0593)
        case AVCOL_SPC_SMPTE240M: self.init(red: 0.212, blue: 0.087)
        case AVCOL_SPC_FCC: self.init(red: 0.30, blue: 0.11)
        default: return nil
        }
    }

    /// The conversion from luma with these weights of red and blue.
    private init(red sourceRed: Double, blue sourceBlue: Double) {
        let (targetRed, targetBlue) = (0.299, 0.114)
        // R, G and B minus Y for one unit of Cb and of Cr.
        let above = (
            red: (blue: 0.0, red: 2 * (1 - sourceRed)), blue: (blue: 2 * (1 - sourceBlue), red: 0.0)
        )
        let green = (
            blue: -above.blue.blue * sourceBlue / (1 - sourceRed - sourceBlue),
            red: -above.red.red * sourceRed / (1 - sourceRed - sourceBlue)
        )
        let luma = (
            blue: targetBlue * above.blue.blue + (1 - targetRed - targetBlue) * green.blue,
            red: targetRed * above.red.red + (1 - targetRed - targetBlue) * green.red
        )
        func fixed(_ value: Double) -> Int32 { Int32((value * Double(1 << Self.bits)).rounded()) }
        y = (fixed(luma.blue), fixed(luma.red))
        blue = (
            fixed((above.blue.blue - luma.blue) / (2 * (1 - targetBlue))), fixed(-luma.red / (2 * (1 - targetBlue)))
        )
        red = (fixed(-luma.blue / (2 * (1 - targetRed))), fixed((above.red.red - luma.red) / (2 * (1 - targetRed))))
    }

    /// Converts a picture whose chroma has half the width and height of its luma.
    func apply(_ luma: Plane, _ cb: Plane, _ cr: Plane) {
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: 2 * cb.width) { differences in
            guard let difference = differences.baseAddress else { return }
            for row in 0..<cb.height {
                change(cb.bytes + row * cb.stride, cr.bytes + row * cr.stride, count: cb.width, difference)
                for line in 2 * row..<min(2 * row + 2, luma.height) {
                    Self.add(difference, to: luma.bytes + line * luma.stride, count: luma.width)
                }
            }
        }
    }

    /// Converts a row of chroma and stores by how much the luma of its pixels changes, twice for each.
    private func change(
        _ cb: UnsafeMutablePointer<UInt8>, _ cr: UnsafeMutablePointer<UInt8>, count: Int,
        _ difference: UnsafeMutablePointer<Int16>
    ) {
        for x in 0..<count {
            let (b, r) = (Int32(cb[x]) &- 128, Int32(cr[x]) &- 128)
            let luma = Int16(truncatingIfNeeded: rounded(y.blue &* b &+ y.red &* r))
            difference[2 * x] = luma
            difference[2 * x + 1] = luma
            cb[x] = Self.clamped(rounded(blue.blue &* b &+ blue.red &* r) &+ 128)
            cr[x] = Self.clamped(rounded(red.blue &* b &+ red.red &* r) &+ 128)
        }
    }

    private static func add(
        _ difference: UnsafeMutablePointer<Int16>, to row: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        for x in 0..<count { row[x] = clamped(Int32(Int16(row[x]) &+ difference[x])) }
    }

    private func rounded(_ value: Int32) -> Int32 { (value &+ 1 << (Int32(Self.bits) - 1)) >> Int32(Self.bits) }

    private static func clamped(_ value: Int32) -> UInt8 { UInt8(truncatingIfNeeded: min(max(value, 0), 255)) }
}
