import MediaModel
import Testing

@testable import MediaWorker

@Suite("What the head of a picture says")
struct PicturePropertiesTests {
    private func properties(_ bytes: [UInt8], _ format: MediaFormat) throws -> PictureProperties {
        try #require(PictureProperties(bytes, container: format))
    }

    private func png(color: UInt8, _ chunks: [(String, [UInt8])] = []) -> [UInt8] {
        let head: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 1, 8, color, 0, 0, 0]
        let all = [("IHDR", head)] + chunks + [("IDAT", []), ("tRNS", []), ("iCCP", [])]
        return [137, 80, 78, 71, 13, 10, 26, 10]
            + all.flatMap { name, content -> [UInt8] in
                [0, 0, UInt8(content.count >> 8), UInt8(content.count & 255)] + Array(name.utf8) + content
                    + [0, 0, 0, 0]
            }
    }

    @Test("a PNG has an alpha channel, a transparent colour, a profile and a resolution where it says so")
    func png() throws {
        let plain = try properties(png(color: 2), .png)
        #expect(!plain.hasTransparency && !plain.hasColorProfile && plain.density == nil)
        for color in [UInt8(4), 6] { #expect(try properties(png(color: color), .png).hasTransparency) }
        #expect(try properties(png(color: 3, [("tRNS", [0])]), .png).hasTransparency)
        #expect(try properties(png(color: 2, [("iCCP", [0])]), .png).hasColorProfile)
        // 2,835 pixels per metre are 72 per inch; without a unit only the aspect is stated.
        let metres: [UInt8] = [0, 0, 0x0B, 0x13, 0, 0, 0x0B, 0x13, 1]
        #expect(try properties(png(color: 2, [("pHYs", metres)]), .png).density == 72)
        #expect(try properties(png(color: 2, [("pHYs", metres.dropLast() + [0])]), .png).density == nil)
        #expect(try properties(png(color: 2, [("pHYs", [255, 255, 255, 255, 0, 0, 0, 1, 1])]), .png).density == nil)
    }

    private func jpeg(unit: UInt8, density: UInt8, profile: Bool = false) -> [UInt8] {
        let jfif: [UInt8] = Array("JFIF\0".utf8) + [1, 2, unit, 0, density, 0, density, 0, 0]
        let icc: [UInt8] = profile ? [0xFF, 0xE2, 0, 16] + Array("ICC_PROFILE\0".utf8) + [1, 1] : []
        return [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + jfif + icc + [0xFF, 0xDA]
    }

    @Test("a JPEG states its resolution in inches or centimetres, and is never transparent")
    func jpeg() throws {
        #expect(try properties(jpeg(unit: 1, density: 72), .jpeg).density == 72)
        #expect(try properties(jpeg(unit: 2, density: 100), .jpeg).density == 254)
        #expect(try properties(jpeg(unit: 0, density: 1), .jpeg).density == nil)
        let profiled = try properties(jpeg(unit: 0, density: 1, profile: true), .jpeg)
        #expect(profiled.hasColorProfile && !profiled.hasTransparency)
    }

    @Test("a GIF is transparent where a colour of its first frame is")
    func gif() throws {
        func gif(_ flags: UInt8) -> [UInt8] {
            // A palette of two colours, an application extension, and the control of the first frame.
            let head: [UInt8] = Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 1, 2, 3, 4, 5, 6]
            return head + [0x21, 0xFF, 2, 9, 9, 0, 0x21, 0xF9, 4, flags, 0, 0, 0, 0, 0x2C]
        }
        #expect(try properties(gif(1), .gif).hasTransparency)
        #expect(try !properties(gif(0), .gif).hasTransparency)
    }

    @Test("a WebP says so in its flags")
    func webp() throws {
        func webp(_ name: String, _ content: [UInt8]) -> [UInt8] {
            Array("RIFF".utf8) + [0, 0, 0, 0] + Array(("WEBP" + name).utf8) + [0, 0, 0, 0] + content
        }
        let both = try properties(webp("VP8X", [0x30, 0, 0, 0]), .webp)
        #expect(both.hasTransparency && both.hasColorProfile)
        #expect(try properties(webp("VP8L", [0x2F, 0, 0, 0, 0x10]), .webp).hasTransparency)
        #expect(try !properties(webp("VP8L", [0x2F, 0, 0, 0, 0]), .webp).hasTransparency)
        #expect(try !properties(webp("VP8 ", [0, 0]), .webp).hasTransparency)
    }

    @Test("no length of a cut or damaged head is believed", arguments: [MediaFormat.png, .jpeg, .gif, .webp, .heic])
    func damaged(format: MediaFormat) throws {
        let whole = format == .png ? png(color: 6, [("pHYs", [1])]) : jpeg(unit: 1, density: 9, profile: true)
        for length in 0...whole.count { _ = PictureProperties(Array(whole.prefix(length)), container: format) }
        for index in whole.indices {
            var bytes = whole
            bytes[index] = 0xFF
            _ = PictureProperties(bytes, container: format)
        }
    }
}
