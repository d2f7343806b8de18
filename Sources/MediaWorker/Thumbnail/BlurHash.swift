import FFmpeg
import Foundation

/// Encodes a blurred picture in about thirty characters, as a placeholder until the picture has loaded: the lowest terms of its cosine
/// transform, in linear light (the BlurHash specification; also used by Matrix MSC2448 and Mastodon).
struct BlurHash {
    /// The number of horizontal and vertical terms, 1 to 9 each.
    let components: (x: Int, y: Int)

    /// Chooses the number of terms by the shape: four along the longer side, three along the other.
    init(for picture: Picture) {
        components = picture.width >= picture.height ? (4, 3) : (3, 4)
    }

    init(components: (x: Int, y: Int)) {
        precondition((1...9).contains(components.x) && (1...9).contains(components.y), "1 to 9 terms a side")
        self.components = components
    }

    /// The BlurHash of `picture`. The work is proportional to its pixels; a few hundred are enough.
    func text(of picture: Picture) -> String {
        let terms = terms(of: picture)
        var text = Self.base83(components.x - 1 + 9 * (components.y - 1), digits: 1)
        let average = terms[0]
        let others = terms.dropFirst()
        // The largest of the other terms, quantised to steps of 1/166, is the unit of all of them.
        let largest = others.flatMap { [abs($0.x), abs($0.y), abs($0.z)] }.max()
        let step = largest.map { min(max(Int(($0 * 166 - 0.5).rounded(.down)), 0), 82) } ?? 0
        let unit = largest == nil ? 1 : Float(step + 1) / 166
        text += Self.base83(step, digits: 1)
        text += Self.base83((0..<3).reduce(0) { $0 << 8 | Self.encoded(average[$1]) }, digits: 4)
        for term in others {
            text += Self.base83((0..<3).reduce(0) { $0 * 19 + Self.quantised(term[$1] / unit) }, digits: 2)
        }
        return text
    }

    /// Red, green and blue of each term, row by row; the average is first.
    private func terms(of picture: Picture) -> [SIMD3<Float>] {
        let (width, height) = (picture.width, picture.height)
        let across = Self.cosines(components.x, over: width)
        let down = Self.cosines(components.y, over: height)
        var terms = [SIMD3<Float>](repeating: .zero, count: components.x * components.y)
        for y in 0..<height {
            var row = [SIMD3<Float>](repeating: .zero, count: components.x)
            for x in 0..<width {
                let pixel = 3 * (y * width + x)
                let light = SIMD3(
                    Self.linear[Int(picture.pixels[pixel])], Self.linear[Int(picture.pixels[pixel + 1])],
                    Self.linear[Int(picture.pixels[pixel + 2])])
                for i in 0..<components.x { row[i] += light * across[i * width + x] }
            }
            for j in 0..<components.y {
                for i in 0..<components.x { terms[j * components.x + i] += row[i] * down[j * height + y] }
            }
        }
        let area = Float(width * height)
        return terms.enumerated().map { index, term in term * ((index == 0 ? 1 : 2) / area) }
    }

    private static func cosines(_ terms: Int, over length: Int) -> [Float] {
        (0..<terms * length).map { Float(cos(Double.pi * Double($0 / length) * Double($0 % length) / Double(length))) }
    }

    /// Linear light for each value of sRGB.
    private static let linear: [Float] = (0...255).map { value in
        let value = Double(value) / 255
        return Float(value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4))
    }

    private static func encoded(_ light: Float) -> Int {
        let light = Double(min(max(light, 0), 1))
        return Int((light <= 0.003_130_8 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055) * 255 + 0.5)
    }

    /// Quantises to 19 steps, which are finer around 0.
    private static func quantised(_ value: Float) -> Int {
        let root = value < 0 ? -(-value).squareRoot() : value.squareRoot()
        return min(max(Int((root * 9 + 9.5).rounded(.down)), 0), 18)
    }

    /// Whether `text` has the length that its first character encodes, and only valid characters.
    static func isWellFormed(_ text: String) -> Bool {
        let characters = Array(text.utf8)
        guard let terms = characters.first.flatMap({ alphabet.firstIndex(of: $0) }), terms < 81 else { return false }
        return characters.count == 4 + 2 * (terms % 9 + 1) * (terms / 9 + 1) && characters.allSatisfy(alphabet.contains)
    }

    private static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~".utf8)

    private static func base83(_ number: Int, digits: Int) -> String {
        var (rest, text) = (number, [UInt8]())
        for _ in 0..<digits {
            text.append(alphabet[rest % 83])
            rest /= 83
        }
        return String(decoding: text.reversed(), as: UTF8.self)
    }
}
