import FFmpeg

/// The colour space that a PNG file declares, by precedence: cICP, iCCP, sRGB, then gAMA and cHRM (PNG, third edition, 4.3).
enum PNGColours {
    /// sRGB, or none.
    case none
    /// Code points of ITU-T H.273.
    case codePoints(primaries: Int, transfer: Int)
    /// A colour space that needs this conversion.
    case conversion(ColourConversion)

    init(_ bytes: [UInt8]) {
        var found: [String: ArraySlice<UInt8>] = [:]
        for chunk in PNGChunks(bytes) {
            if chunk.has("IDAT") { break }
            for name in ["cICP", "iCCP", "sRGB", "gAMA", "cHRM"] where chunk.has(name) { found[name] = chunk.content }
        }
        if let points = found["cICP"], points.count == 4 {
            let numbers = points.prefix(2).map(Int.init)
            self = .codePoints(primaries: numbers[0], transfer: numbers[1])
        } else if let packed = found["iCCP"] {
            self = Self.profile(packed, isGray: bytes[25] == 0 || bytes[25] == 4).map(Self.conversion) ?? .none
        } else if found["sRGB"] != nil {
            self = .none
        } else {
            self = Self.numbers(gamma: found["gAMA"], chromaticities: found["cHRM"]).map(Self.conversion) ?? .none
        }
    }

    /// Parses iCCP: a name, a zero byte, the compression method, and the compressed profile.
    private static func profile(_ content: ArraySlice<UInt8>, isGray: Bool) -> ColourConversion? {
        guard let zero = content.prefix(80).firstIndex(of: 0), zero + 2 <= content.endIndex,
            let profile = Inflation.bytes([content[(zero + 2)...]], limit: ColourConversion.maximumProfileBytes)
        else { return nil }
        return (isGray ? ColourConversion(profile: profile, of: .gray) : nil)
            ?? ColourConversion(profile: profile, of: .rgb)
    }

    private static func numbers(gamma: ArraySlice<UInt8>?, chromaticities: ArraySlice<UInt8>?) -> ColourConversion? {
        guard gamma != nil || chromaticities != nil else { return nil }
        var curve = ColourConversion.Curve.sRGB
        if let value = gamma?.bigEndian(0, 4) {
            // A gamma near that of sRGB means sRGB.
            guard (10_000...1_000_000).contains(value) else { return nil }
            if abs(value - 45_455) > 1_000 { curve = .gamma(100_000 / Double(value)) }
        }
        var primaries = ColourPrimaries.bt709
        if let chromaticities {
            let numbers = (0..<8).compactMap { chromaticities.bigEndian(4 * $0, 4) }.map { Double($0) / 100_000 }
            guard numbers.count == 8, numbers.allSatisfy({ $0 >= 0 && $0 <= 1 }) else { return nil }
            let colours = (0..<4).map { ColourPrimaries.Chromaticity(x: numbers[2 * $0], y: numbers[2 * $0 + 1]) }
            guard colours.allSatisfy({ $0.y > 0.01 }) else { return nil }
            primaries = ColourPrimaries(red: colours[1], green: colours[2], blue: colours[3], white: colours[0])
        }
        return ColourConversion(primaries: primaries, curve: curve)
    }
}
