import CFFmpeg
import CLCMS
import Glibc

/// Brings 8-bit pixels of one colour space to sRGB, by Little CMS.
///
/// It is used on the thread that made it.
public final class ColourConversion {
    /// How the pixels of the source lie in memory.
    public enum Layout: Sendable {
        /// Red, green and blue.
        case rgb
        /// Gray, three times.
        case gray
        /// Cyan, magenta, yellow and black, where 255 is no ink.
        case invertedCMYK
    }

    /// How code values stand for light.
    public enum Curve: Sendable, Equatable {
        /// As in sRGB.
        case sRGB
        /// A power.
        case gamma(Double)
    }

    /// The largest profile that is looked at, in bytes: those of printers have a megabyte or two.
    public static let maximumProfileBytes = 4 << 20

    private let transform: cmsHTRANSFORM

    /// From the colours of an ICC profile. `nil` when it is damaged, of another kind than the pixels, or says sRGB itself.
    public init?(profile bytes: [UInt8], of layout: Layout) {
        guard bytes.count <= Self.maximumProfileBytes,
            let profile = cmsOpenProfileFromMem(bytes, cmsUInt32Number(bytes.count))
        else { return nil }
        defer { cmsCloseProfile(profile) }
        guard Self.isOfPictures(profile), cmsGetColorSpace(profile) == Self.space(layout),
            !(layout == .rgb && Self.isSRGB(profile)), let transform = Self.transform(profile, layout)
        else { return nil }
        self.transform = transform
        if layout == .rgb && isIdentity || layout == .gray && isIdentity { return nil }
    }

    /// From red, green and blue of other primaries or another curve. `nil` when that makes no difference, or no sense.
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

    /// Brings pixels of three bytes to sRGB in their place.
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

    /// Whether it says what pixels look like; others lead from one profile to another.
    private static func isOfPictures(_ profile: cmsHPROFILE) -> Bool {
        [cmsSigInputClass, cmsSigDisplayClass, cmsSigOutputClass, cmsSigColorSpaceClass]
            .contains(cmsGetDeviceClass(profile))
    }

    /// XYZ of red, green and blue in a profile of sRGB (IEC 61966-2-1), adapted to D50.
    private static let colorants: [(cmsTagSignature, [Double])] = [
        (cmsSigRedColorantTag, [0.4361, 0.2225, 0.0139]), (cmsSigGreenColorantTag, [0.3851, 0.7169, 0.0971]),
        (cmsSigBlueColorantTag, [0.1431, 0.0606, 0.7141]),
    ]

    /// Whether the profile's own numbers say sRGB: most pictures have one that does, and making a conversion to find out
    /// takes as long as decoding a small picture.
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
        func place(_ place: ColourPrimaries.Chromaticity) -> cmsCIExyY { cmsCIExyY(x: place.x, y: place.y, Y: 1) }
        let tone =
            switch curve {
            case .sRGB: cmsBuildParametricToneCurve(nil, 4, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
            case .gamma(let power): cmsBuildGamma(nil, power)
            }
        guard let tone else { return nil }
        defer { cmsFreeToneCurve(tone) }
        var white = place(primaries.white)
        var colours = cmsCIExyYTRIPLE(
            Red: place(primaries.red), Green: place(primaries.green), Blue: place(primaries.blue))
        return cmsCreateRGBProfile(&white, &colours, [tone, tone, tone])
    }

    /// Whether it leaves every colour where it is, but for rounding: judged by a grid of them.
    private var isIdentity: Bool {
        let steps: [UInt8] = [0, 16, 64, 128, 192, 255]
        let grid = steps.flatMap { red in steps.flatMap { green in steps.flatMap { blue in [red, green, blue] } } }
        var converted = grid
        convert(&converted)
        return zip(grid, converted).allSatisfy { abs(Int($0) - Int($1)) <= 2 }
    }
}

extension ColourConversion {
    /// What the colours of a frame of ordinary dynamic range need; `nil` where they are a display's already.
    convenience init?(_ frame: AVFrame) {
        guard let primaries = ColourPrimaries(frame.color_primaries) else { return nil }
        // Between the primaries of television the curve is taken for the display's, as it is for BT.709.
        self.init(primaries: primaries, curve: primaries.isTelevision ? .sRGB : Curve(frame.color_trc))
    }
}

extension ColourConversion.Curve {
    /// The curve by which a display shows what was coded by `characteristic`: for television that of ITU-R BT.1886.
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
