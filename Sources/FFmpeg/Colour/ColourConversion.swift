import CFFmpeg
import CLCMS
import Glibc

/// Converts 8-bit pixels of one colour space to sRGB, with Little CMS. Used by one thread.
public final class ColourConversion {
    /// The memory layout of the source's pixels.
    public enum Layout: Sendable {
        /// Red, green and blue.
        case rgb
        /// Gray, in three equal bytes.
        case gray
        /// Cyan, magenta, yellow and black, where 255 is no ink.
        case invertedCMYK
    }

    /// The transfer curve from code values to light.
    public enum Curve: Sendable, Equatable {
        /// The curve of sRGB.
        case sRGB
        /// A power function with this exponent.
        case gamma(Double)
    }

    /// The maximum size of a profile, in bytes; those of printers have a megabyte or two.
    public static let maximumProfileBytes = 4 << 20

    private let transform: cmsHTRANSFORM

    /// Creates a conversion from an ICC profile. `nil` when the profile is damaged, does not match the layout, or is sRGB itself.
    public init?(profile bytes: [UInt8], of layout: Layout) {
        guard bytes.count <= Self.maximumProfileBytes,
            let profile = cmsOpenProfileFromMem(bytes, cmsUInt32Number(bytes.count))
        else { return nil }
        defer { cmsCloseProfile(profile) }
        guard Self.describesPixels(profile), cmsGetColorSpace(profile) == Self.space(layout),
            !(layout == .rgb && Self.isSRGB(profile)), let transform = Self.transform(profile, layout)
        else { return nil }
        self.transform = transform
        if layout == .rgb && isIdentity || layout == .gray && isIdentity { return nil }
    }

    /// Creates a conversion from other primaries or another curve. `nil` when it would change nothing, or is not possible.
    public init?(primaries: ColourPrimaries, curve: Curve, to target: Curve = .sRGB) {
        guard let source = Self.profile(primaries, curve) else { return nil }
        defer { cmsCloseProfile(source) }
        guard let display = Self.profile(.bt709, target) else { return nil }
        defer { cmsCloseProfile(display) }
        guard let transform = Self.transform(source, .rgb, to: display) else { return nil }
        self.transform = transform
        if isIdentity { return nil }
    }

    deinit { cmsDeleteTransform(transform) }

    /// Converts `count` pixels; for layouts of three bytes `source` and `target` may be the same.
    func convert(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        cmsDoTransform(transform, source, target, cmsUInt32Number(clamping: count))
    }

    /// Converts pixels of three bytes in place.
    func convert(_ pixels: inout [UInt8]) {
        let count = pixels.count / 3
        pixels.withUnsafeMutableBufferPointer { pixels in
            guard let bytes = pixels.baseAddress else { return }
            convert(bytes, to: bytes, count: count)
        }
    }

    private static func transform(
        _ profile: cmsHPROFILE, _ layout: Layout, to target: cmsHPROFILE? = nil
    ) -> cmsHTRANSFORM? {
        guard let display = target ?? cmsCreate_sRGBProfile() else { return nil }
        defer { if target == nil { cmsCloseProfile(display) } }
        return cmsCreateTransform(
            profile, format(layout), display, darkroom_lcms_rgb, cmsUInt32Number(INTENT_PERCEPTUAL), 0)
    }

    private static func format(_ layout: Layout) -> cmsUInt32Number {
        switch layout {
        case .rgb: darkroom_lcms_rgb
        case .gray: darkroom_lcms_gray_of_rgb
        case .invertedCMYK: darkroom_lcms_inverted_cmyk
        }
    }

    private static func space(_ layout: Layout) -> cmsColorSpaceSignature {
        switch layout {
        case .rgb: cmsSigRgbData
        case .gray: cmsSigGrayData
        case .invertedCMYK: cmsSigCmykData
        }
    }

    /// Whether a profile describes the colours of pixels; others connect profiles.
    private static func describesPixels(_ profile: cmsHPROFILE) -> Bool {
        [cmsSigInputClass, cmsSigDisplayClass, cmsSigOutputClass, cmsSigColorSpaceClass]
            .contains(cmsGetDeviceClass(profile))
    }

    /// XYZ of red, green and blue in a profile of sRGB (IEC 61966-2-1), adapted to D50.
    private static let colorants: [(cmsTagSignature, [Double])] = [
        (cmsSigRedColorantTag, [0.4361, 0.2225, 0.0139]), (cmsSigGreenColorantTag, [0.3851, 0.7169, 0.0971]),
        (cmsSigBlueColorantTag, [0.1431, 0.0606, 0.7141]),
    ]

    /// Whether the profile's own tags are those of sRGB: most pictures have such a profile, and creating a conversion to find
    /// out takes as long as decoding a small picture.
    private static func isSRGB(_ profile: cmsHPROFILE) -> Bool {
        guard cmsIsTag(profile, cmsSigAToB0Tag) == 0 else { return false }
        for (tag, numbers) in colorants {
            guard let colour = cmsReadTag(profile, tag)?.assumingMemoryBound(to: cmsCIEXYZ.self).pointee,
                zip([colour.X, colour.Y, colour.Z], numbers).allSatisfy({ abs($0 - $1) < 0.002 })
            else { return false }
        }
        let curves = [cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag].map { cmsReadTag(profile, $0) }
        return curves.allSatisfy { curve in
            guard let curve else { return false }
            return (0...16).allSatisfy { step in
                let value = Double(step) / 16
                let light = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
                return abs(Double(cmsEvalToneCurveFloat(OpaquePointer(curve), Float(value))) - light) < 0.004
            }
        }
    }

    private static func profile(_ primaries: ColourPrimaries, _ curve: Curve) -> cmsHPROFILE? {
        func xyY(_ colour: ColourPrimaries.Chromaticity) -> cmsCIExyY { cmsCIExyY(x: colour.x, y: colour.y, Y: 1) }
        let tone =
            switch curve {
            case .sRGB: cmsBuildParametricToneCurve(nil, 4, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
            case .gamma(let power): cmsBuildGamma(nil, power)
            }
        guard let tone else { return nil }
        defer { cmsFreeToneCurve(tone) }
        var white = xyY(primaries.white)
        var colours = cmsCIExyYTRIPLE(
            Red: xyY(primaries.red), Green: xyY(primaries.green), Blue: xyY(primaries.blue))
        return cmsCreateRGBProfile(&white, &colours, [tone, tone, tone])
    }

    /// Whether the conversion changes no colour of a grid, but for rounding.
    private var isIdentity: Bool {
        let steps: [UInt8] = [0, 16, 64, 128, 192, 255]
        let grid = steps.flatMap { red in steps.flatMap { green in steps.flatMap { blue in [red, green, blue] } } }
        var converted = grid
        convert(&converted)
        return zip(grid, converted).allSatisfy { abs(Int($0) - Int($1)) <= 2 }
    }
}

extension ColourConversion {
    /// Creates the conversion for a frame of standard dynamic range; `nil` where none is needed.
    convenience init?(_ frame: AVFrame) {
        guard let primaries = ColourPrimaries(frame.color_primaries) else { return nil }
        // Between television primaries the curve is assumed to be the display's, as for BT.709.
        self.init(primaries: primaries, curve: primaries.isTelevision ? .sRGB : Curve(frame.color_trc))
    }
}

extension ColourConversion.Curve {
    /// The curve with which a display shows what was coded with `characteristic`: for television, ITU-R BT.1886.
    init(_ characteristic: AVColorTransferCharacteristic) {
        switch characteristic {
        case AVCOL_TRC_IEC61966_2_1: self = .sRGB
        case AVCOL_TRC_LINEAR: self = .gamma(1)
        case AVCOL_TRC_GAMMA22: self = .gamma(2.2)
        case AVCOL_TRC_GAMMA28: self = .gamma(2.8)
        case AVCOL_TRC_SMPTE428: self = .gamma(2.6)
        default: self = .gamma(2.4)
        }
    }
}
