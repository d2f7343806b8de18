import CFFmpeg

/// The chromaticities of red, green, blue and white (CIE 1931; ITU-T H.273, table 2).
public struct ColourPrimaries: Sendable, Equatable {
    /// A point in the chromaticity diagram.
    public struct Chromaticity: Sendable, Equatable {
        /// The x coordinate.
        public var x: Double
        /// The y coordinate.
        public var y: Double

        /// Creates a point.
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// The chromaticity of red.
    public var red: Chromaticity
    /// The chromaticity of green.
    public var green: Chromaticity
    /// The chromaticity of blue.
    public var blue: Chromaticity
    /// The white point.
    public var white: Chromaticity

    /// Creates primaries from four chromaticities.
    public init(red: Chromaticity, green: Chromaticity, blue: Chromaticity, white: Chromaticity) {
        self.red = red
        self.green = green
        self.blue = blue
        self.white = white
    }

    private init(
        _ red: (Double, Double), _ green: (Double, Double), _ blue: (Double, Double),
        white: (Double, Double) = (0.3127, 0.3290)
    ) {
        func point(_ pair: (Double, Double)) -> Chromaticity { Chromaticity(x: pair.0, y: pair.1) }
        self.init(red: point(red), green: point(green), blue: point(blue), white: point(white))
    }

    /// BT.709 and sRGB, which displays are assumed to have.
    public static let bt709 = ColourPrimaries((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
    /// BT.2020 and BT.2100.
    public static let bt2020 = ColourPrimaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
    /// BT.601 with 625 lines.
    static let lines625 = ColourPrimaries((0.640, 0.330), (0.290, 0.600), (0.150, 0.060))
    /// BT.601 with 525 lines.
    static let lines525 = ColourPrimaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070))
    /// digital cinema with the white of displays (Display P3, SMPTE EG 432-1).
    static let p3 = ColourPrimaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
    /// digital cinema (SMPTE RP 431-2).
    static let cinema = ColourPrimaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), white: (0.314, 0.351))

    /// The primaries that a stream declares; `nil` for BT.709, for none, and for values that no pictures use.
    init?(_ primaries: AVColorPrimaries) {
        switch primaries {
        case AVCOL_PRI_BT2020: self = .bt2020
        case AVCOL_PRI_SMPTE432: self = .p3
        case AVCOL_PRI_SMPTE431: self = .cinema
        case AVCOL_PRI_BT470BG: self = .lines625
        case AVCOL_PRI_SMPTE170M, AVCOL_PRI_SMPTE240M: self = .lines525
        case AVCOL_PRI_BT470M:
            self.init((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), white: (0.310, 0.316))
        case AVCOL_PRI_FILM:
            self.init((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), white: (0.310, 0.316))
        case AVCOL_PRI_EBU3213: self.init((0.630, 0.340), (0.295, 0.605), (0.155, 0.077))
        default: return nil
        }
    }

    /// Whether these are the primaries of standard-definition television, which differ little from BT.709.
    var isTelevision: Bool { self == .lines625 || self == .lines525 }
}

extension ColourPrimaries {
    /// The luminance of red, green and blue at full strength: together 1.
    var luminances: SIMD3<Double> {
        let rows = Self.inverse(Self.columns(red, green, blue))
        let target = Self.light(white)
        return SIMD3((rows[0] * target).sum(), (rows[1] * target).sum(), (rows[2] * target).sum())
    }

    /// The rows of the matrix that converts linear light of these primaries to BT.709. White is mapped to white channel by
    /// channel, without chromatic adaptation.
    var rowsToBT709: [SIMD3<Double>] {
        let (from, to) = (self, Self.bt709)
        func scaled(_ primaries: ColourPrimaries) -> [SIMD3<Double>] {
            let luminances = primaries.luminances
            let columns = Self.columns(primaries.red, primaries.green, primaries.blue)
            return (0..<3).map { columns[$0] * luminances[$0] }
        }
        let source = scaled(from)
        let inverse = Self.inverse(scaled(to))
        // Columns of the product.
        let product = source.map { column in SIMD3((0..<3).map { (inverse[$0] * column).sum() }) }
        let rows = (0..<3).map { row in SIMD3(product[0][row], product[1][row], product[2][row]) }
        return rows.map { $0 / $0.sum() }
    }

    /// X, Y and Z of a chromaticity at luminance 1.
    private static func light(_ point: Chromaticity) -> SIMD3<Double> {
        SIMD3(point.x / point.y, 1, (1 - point.x - point.y) / point.y)
    }

    private static func columns(_ points: Chromaticity...) -> [SIMD3<Double>] { points.map(light) }

    /// The rows of the inverse of the matrix with these columns.
    private static func inverse(_ columns: [SIMD3<Double>]) -> [SIMD3<Double>] {
        func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
        }
        let first = cross(columns[1], columns[2])
        let determinant = (columns[0] * first).sum()
        return [first, cross(columns[2], columns[0]), cross(columns[0], columns[1])].map { $0 / determinant }
    }
}
