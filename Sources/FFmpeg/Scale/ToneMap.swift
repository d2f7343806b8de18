import CFFmpeg
import Foundation

/// Maps high dynamic range to sRGB: up to diffuse white the brightness is kept, highlights are compressed.
struct ToneMap {
    /// The transfer curve from code values to light (ITU-R BT.2100).
    enum Curve {
        case perceptualQuantizer, hybridLogGamma

        init?(_ characteristic: AVColorTransferCharacteristic) {
            switch characteristic {
            case AVCOL_TRC_SMPTE2084: self = .perceptualQuantizer
            case AVCOL_TRC_ARIB_STD_B67: self = .hybridLogGamma
            default: return nil
            }
        }
    }

    /// The luminance of diffuse white in cd/m² (ITU-R BT.2408).
    private static let diffuseWhite: Float = 203
    /// The luminance that is mapped to 1, in cd/m².
    private static let peak: Float = 1000
    private static let tableBits = 14
    private static let tableSteps = (0..<1 << tableBits).map { Float($0) / Float((1 << tableBits) - 1) }

    private let curve: Curve
    /// The luminances of red, green and blue.
    private let luminances: SIMD3<Float>
    /// The matrix from the frame's primaries to BT.709; `nil` where they are the same.
    private let rows: (red: SIMD3<Float>, green: SIMD3<Float>, blue: SIMD3<Float>)?
    /// Linear light by the upper bits of a code value: for PQ in units of diffuse white, for HLG of the scene.
    private let light: [Float]

    private static let perceptualLight = tableSteps.map { perceptualQuantizer($0) * 10_000 / diffuseWhite }
    private static let hybridLight = tableSteps.map(hybridLogGamma)
    /// sRGB for linear light.
    private static let encoded = tableSteps.map { value in
        UInt8((value <= 0.003_130_8 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055) * 255 + 0.5)
    }

    init(_ curve: Curve, primaries: ColourPrimaries = .bt2020) {
        self.curve = curve
        luminances = SIMD3<Float>(primaries.luminances)
        let matrix = primaries.rowsToBT709.map { SIMD3<Float>($0) }
        rows = primaries == .bt709 ? nil : (matrix[0], matrix[1], matrix[2])
        light = curve == .perceptualQuantizer ? Self.perceptualLight : Self.hybridLight
    }

    /// The picture of a frame in 16-bit RGB.
    func picture(_ frame: Frame) -> Picture {
        let words = frame.packedRows(bytesPerPixel: 6)
        let count = frame.width * frame.height
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * count) { result, written in
            for index in 0..<count {
                let rgb = mapped(
                    red: light(words, 6 * index), green: light(words, 6 * index + 2), blue: light(words, 6 * index + 4))
                for channel in 0..<3 { result[3 * index + channel] = encode(rgb[channel]) }
            }
            written = 3 * count
        }
        return Picture(width: frame.width, height: frame.height, pixels: pixels)
    }

    private func light(_ words: [UInt8], _ offset: Int) -> Float {
        let value = Int(words[offset]) | Int(words[offset + 1]) << 8
        return light[value >> (16 - Self.tableBits)]
    }

    private func encode(_ value: Float) -> UInt8 {
        Self.encoded[Int(min(max(value, 0), 1) * Float(Self.encoded.count - 1) + 0.5)]
    }

    private func mapped(red: Float, green: Float, blue: Float) -> SIMD3<Float> {
        var rgb = SIMD3(red, green, blue)
        if curve == .hybridLogGamma {
            let luminance = (rgb * luminances).sum()
            guard luminance > 0 else { return .zero }
            // The display's own gamma (BT.2100, table 5: 1.2 at 1,000 cd/m²).
            rgb *= pow(luminance, 0.2) * Self.peak / Self.diffuseWhite
        }
        if let rows {
            rgb = SIMD3((rgb * rows.red).sum(), (rgb * rows.green).sum(), (rgb * rows.blue).sum())
        }
        rgb.clamp(lowerBound: .zero, upperBound: SIMD3(repeating: .infinity))
        // All primaries are scaled by the same factor, that of the strongest: clipping one would turn a blue sky cyan.
        let strongest = rgb.max()
        return strongest > 0 ? rgb * (Self.compressed(strongest) / strongest) : .zero
    }

    /// Linear up to a knee, then Reinhard's curve, which reaches 1 at the peak.
    private static func compressed(_ light: Float) -> Float {
        let knee: Float = 0.6
        guard light > knee else { return light }
        let over = (light - knee) / (1 - knee)
        let maximum = (peak / diffuseWhite - knee) / (1 - knee)
        return min(knee + (1 - knee) * over * (1 + over / (maximum * maximum)) / (1 + over), 1)
    }

    /// SMPTE ST 2084's EOTF: 1 is 10,000 cd/m².
    private static func perceptualQuantizer(_ value: Float) -> Float {
        let root = pow(value, 1 / 78.843_75)
        return pow(max(root - 0.835_937_5, 0) / (18.851_562_5 - 18.6875 * root), 1 / 0.159_301_757_812_5)
    }

    /// The inverse of ARIB STD-B67's OETF: 1 is the scene's peak.
    private static func hybridLogGamma(_ value: Float) -> Float {
        value <= 0.5 ? value * value / 3 : (exp((value - 0.559_910_73) / 0.178_832_77) + 0.284_668_92) / 12
    }
}
