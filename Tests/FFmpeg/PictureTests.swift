import CFFmpeg
import Testing

@testable import FFmpeg

@Suite("Picture")
struct PictureTests {
    private static let size = 64

    private static let ramp = Picture(
        width: size, height: size,
        pixels: (0..<size * size).flatMap { index -> [UInt8] in
            [UInt8(4 * (index % size)), UInt8(4 * (index / size)), 128]
        })

    @Test("a PNG gives back every pixel, a JPEG nearly")
    func encoded() throws {
        let settings = DecoderSettings(maximumPixels: 10_000)
        let png = try StillDecoder.decode(Self.ramp.png(), format: .png, settings: settings)
        #expect(try png.picture(width: Self.size, height: Self.size).pixels == Self.ramp.pixels)
        let jpeg = try StillDecoder.decode(PlanarPicture(Self.ramp).jpeg(quality: 2), format: .jpeg, settings: settings)
        let decoded = try jpeg.picture(width: Self.size, height: Self.size).pixels
        let worst = zip(decoded, Self.ramp.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
        #expect(worst < 16)
    }

    @Test("an odd last column is the picture's own, whatever stood in memory before", arguments: [0, 255] as [UInt8])
    func oddWidth(dirt: UInt8) throws {
        let side = 67
        let red = Picture(
            width: side, height: side, pixels: (0..<side * side).flatMap { _ in [200, 30, 30] as [UInt8] })
        // Frees memory of the same size with other content, which the next allocation probably reuses.
        for _ in 0..<8 {
            let frame = try Frame(width: side, height: side, format: AV_PIX_FMT_RGB24)
            let count = Int(frame.frame.pointee.linesize.0) * side
            frame.frame.pointee.data.0?.update(repeating: dirt, count: count)
        }
        let jpeg = try PlanarPicture(red).jpeg(quality: 1)
        let decoded = try StillDecoder.decode(jpeg, format: .jpeg, settings: DecoderSettings(maximumPixels: 10_000))
            .picture(width: side, height: side).pixels
        let worst = zip(decoded, red.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
        #expect(worst < 8)
    }

    @Test("a picture with more pixels than allowed is not decoded")
    func tooLarge() throws {
        let png = try Self.ramp.png()
        #expect(throws: FFmpegError.self) {
            try StillDecoder.decode(png, format: .png, settings: DecoderSettings(maximumPixels: 1000))
        }
    }

    @Test("a JPEG comes out smaller where less is asked for")
    func reduced() throws {
        let settings = DecoderSettings(maximumPixels: 10_000, reduction: 2)
        let frame = try StillDecoder.decode(
            PlanarPicture(Self.ramp).jpeg(quality: 2), format: .jpeg, settings: settings)
        #expect(frame.width == 16 && frame.height == 16)
    }

    @Test(
        "tone mapping keeps black black, grey grey, and brightness in order",
        arguments: [ToneMap.Curve.perceptualQuantizer, .hybridLogGamma])
    func toneMap(curve: ToneMap.Curve) throws {
        let steps = 32
        let frame = try Frame(width: steps, height: 1, format: AV_PIX_FMT_RGB48LE)
        frame.fillGrey { UInt16($0 * 65_535 / (steps - 1)) }
        let pixels = ToneMap(curve).picture(frame).pixels
        let greens = stride(from: 1, to: pixels.count, by: 3).map { pixels[$0] }
        #expect(greens.first == 0 && greens.last == 255)
        #expect(zip(greens, greens.dropFirst()).allSatisfy { $0 <= $1 })
        for index in stride(from: 0, to: pixels.count, by: 3) {
            #expect(
                abs(Int(pixels[index]) - Int(pixels[index + 1])) <= 2
                    && abs(Int(pixels[index + 2]) - Int(pixels[index + 1])) <= 2)
        }
    }
}

extension Frame {
    fileprivate func fillGrey(_ value: (Int) -> UInt16) {
        guard let bytes = frame.pointee.data.0 else { return }
        for x in 0..<width {
            for channel in 0..<3 {
                bytes[6 * x + 2 * channel] = UInt8(value(x) & 255)
                bytes[6 * x + 2 * channel + 1] = UInt8(value(x) >> 8)
            }
        }
    }
}
