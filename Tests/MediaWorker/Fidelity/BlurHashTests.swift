import FFmpeg
import Testing

@testable import MediaWorker

@Suite("BlurHash")
struct BlurHashTests {
    /// 32 × 24 pixels of a formula.
    private static func picture(_ pixel: (Int, Int) -> (Int, Int, Int)) -> Picture {
        Picture(
            width: 32, height: 24,
            pixels: (0..<24).flatMap { y in
                (0..<32).flatMap { x in
                    let (red, green, blue) = pixel(x, y)
                    return [UInt8(red), UInt8(green), UInt8(blue)]
                }
            })
    }

    private static let ramp = picture { x, y in (8 * x, 10 * y, 7 * x * y % 256) }

    // What the authors' own encoder (woltapp/blurhash, as packed in blurhash-python 1.2.2) makes of the same pixels.
    @Test("it is what the authors' encoder gives")
    func vectors() {
        let (four, three) = (BlurHash(components: (4, 3)), BlurHash(components: (3, 4)))
        #expect(four.text(of: Self.ramp) == "LxH27$2owuX4mEWUjsf5gGfhfPfi")
        #expect(three.text(of: Self.ramp) == "TxH27$2owumEWUjsgGfhfPn%Wojs")
        #expect(BlurHash(components: (1, 1)).text(of: Self.ramp) == "00H27$")
        #expect(four.text(of: Self.picture { _, _ in (0, 0, 0) }) == "L00000fQfQfQfQfQfQfQfQfQfQfQ")
        #expect(four.text(of: Self.picture { _, _ in (255, 255, 255) }) == "LDTSUA_3fQ_3~qoffQoffQfQfQfQ")
        #expect(three.text(of: Self.picture { _, _ in (255, 0, 0) }) == "TDTI:j]9fQ|co1fQfQfQfQ|co1fQ")
        let checks = Self.picture { x, y in (x / 4 + y / 4) % 2 == 1 ? (255, 255, 255) : (0, 0, 0) }
        #expect(four.text(of: checks) == "L6Lqe9_3fQ_3~qD%fQ9FfQfQfQfQ")
        let most = BlurHash(components: (9, 9)).text(of: Self.ramp)
        #expect(most.count == 166 && most.hasPrefix("|xH27$2owuX4a_ocWmoeWnmEWUjsf5fPf6fPf6fRgGfhfPfifRfifRfkfRn%Wojs"))
    }

    @Test(
        "whatever has a thumbnail has one, with four terms along its longer side",
        arguments: [
            ("video/landscape.mp4", "L"), ("video/portrait.mp4", "T"), ("image/orientation-6.jpg", "L"),
            ("image/transparent.png", "L"), ("image/animated.gif", "L"), ("image/picture.webp", "L"),
        ])
    func shown(name: String, shape: String) throws {
        let hash = try #require(try inspectFile("\(samples)/\(name)").blurHash)
        #expect(hash.count == 28 && hash.hasPrefix(shape))
    }

    @Test("all eight orientations of a picture have the same one", arguments: 1...8)
    func upright(number: Int) throws {
        let first = try #require(try inspectFile("\(samples)/image/orientation-1.jpg").blurHash)
        let found = try #require(try inspectFile("\(samples)/image/orientation-\(number).jpg").blurHash)
        // The average, to the letter; what is finer differs by the noise of the JPEG's coding.
        #expect(found.prefix(2).first == first.first)
        let same = zip(found, first).filter { $0 == $1 }.count
        #expect(same >= 20, "\(found) for \(first)")
    }

    @Test("what has no picture has none")
    func sound() throws {
        #expect(try inspectFile("\(samples)/voice/voice.ogg").blurHash == nil)
    }
}
