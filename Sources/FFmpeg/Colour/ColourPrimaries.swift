import CFFmpeg

/// Which colours red, green, blue and white are (CIE 1931 chromaticities; ITU-T H.273, table 2).
public struct ColourPrimaries: Sendable, Equatable {
    /// A place in the chromaticity diagram.
    public struct Chromaticity: Sendable, Equatable {
        /// The share of X.
        public var x: Double
        /// The share of Y.
        public var y: Double

        /// A place in the diagram.
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// The colour of red alone.
    public var red: Chromaticity
    /// The colour of green alone.
    public var green: Chromaticity
    /// The colour of blue alone.
    public var blue: Chromaticity
    /// The colour of all three.
    public var white: Chromaticity

    /// Four chromaticities.
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
        func place(_ pair: (Double, Double)) -> Chromaticity { Chromaticity(x: pair.0, y: pair.1) }
        self.init(red: place(red), green: place(green), blue: place(blue), white: place(white))
    }

    /// Those of BT.709 and of sRGB, which displays are taken to have.
    public static let bt709 = ColourPrimaries((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
    /// Those of BT.2020 and BT.2100.
    public static let bt2020 = ColourPrimaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
    /// Those of BT.601 with 625 lines.
    static let lines625 = ColourPrimaries((0.640, 0.330), (0.290, 0.600), (0.150, 0.060))
    /// Those of BT.601 with 525 lines.
    static let lines525 = ColourPrimaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070))
    /// Those of digital cinema with the white of displays (Display P3, SMPTE EG 432-1).
    static let p3 = ColourPrimaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
    /// Those of digital cinema (SMPTE RP 431-2).
    static let cinema = ColourPrimaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), white: (0.314, 0.351))

    /// What a stream says that its primaries are; `nil` where that is BT.709, nothing, or nothing that pictures are sent in.
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

    /// Whether the colours differ from BT.709's so little that they are those of television before it.
    var isTelevision: Bool { self == .lines625 || self == .lines525 }
}

extension ColourPrimaries {
    /// The luminance of red, green and blue at full strength: together 1.
    var luminances: SIMD3<Double> {
        let rows = Self.inverse(Self.columns(red, green, blue))
        let target = Self.light(white)
        return SIMD3((rows[0] * target).sum(), (rows[1] * target).sum(), (rows[2] * target).sum())
    }

    /// The rows of the matrix that takes linear light of these primaries to that of BT.709. Whites become each other channel
    /// by channel, as they do in cinemas and living rooms.
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
    private static func light(_ place: Chromaticity) -> SIMD3<Double> {
        SIMD3(place.x / place.y, 1, (1 - place.x - place.y) / place.y)
    }

    private static func columns(_ places: Chromaticity...) -> [SIMD3<Double>] { places.map(light) }

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
