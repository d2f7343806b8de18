import ChatBridge
import Foundation
import JSON
import Testing

@testable import MediaAPI

@Suite("Waveform encodings")
struct WaveformEncodingTests {
    private static let ramp = (0..<100).map { Float($0) / 99 }

    /// Unpacks the values as Telegram's clients do.
    private static func unpacked(_ bytes: [UInt8]) -> [Int] {
        (0..<8 * bytes.count / 5).map { index in
            let (byte, shift) = (5 * index / 8, 5 * index % 8)
            let word = Int(bytes[byte]) | (byte + 1 < bytes.count ? Int(bytes[byte + 1]) << 8 : 0)
            return word >> shift & 31
        }
    }

    @Test("Telegram's has 100 values of 5 bits in 63 bytes")
    func telegram() {
        let packed = WaveformEncodings(peaks: Self.ramp, duration: 10).telegram
        #expect(packed.count == 63)
        #expect(Self.unpacked(packed) == Self.ramp.map { Int(($0 * 31).rounded()) })
        // 1 2 3 4, from the lowest bit on: 00001 | 00010 | 00011 | 00100 read backwards.
        var peaks = [Float](repeating: 0, count: 100)
        for index in 0..<4 { peaks[index] = Float(index + 1) / 31 }
        #expect(Array(WaveformEncodings(peaks: peaks, duration: 10).telegram.prefix(3)) == [0x41, 0x0C, 0x02])
        #expect(WaveformEncodings(peaks: [1], duration: 1).telegram == [UInt8](repeating: 255, count: 62) + [15])
    }

    @Test(
        "Discord's has a byte for each 100 ms, at most 256", arguments: [(0.02, 1), (3.0, 30), (25.6, 256), (600, 256)])
    func discord(duration: Double, count: Int) {
        let bytes = WaveformEncodings(peaks: [0.2, 1, 0.4], duration: duration).discord
        #expect(bytes.count == count && bytes.max() == 255)
    }

    @Test("Matrix's has 30 to 120 whole numbers up to 1024", arguments: [(1, 30), (64, 64), (1024, 120)])
    func matrix(peaks: Int, count: Int) {
        let values = WaveformEncodings(peaks: (0..<peaks).map { Float($0 + 1) / Float(peaks) }, duration: 7).matrix
        #expect(values.count == count && values.last == 1024 && values == values.sorted() && values[0] >= 0)
    }

    @Test("with fewer values none of the loud ones is lost; with more the shape stays")
    func shape() {
        var peaks = [Float](repeating: 0.1, count: 1000)
        peaks[501] = 1
        #expect(WaveformEncodings(peaks: peaks, duration: 600).discord.filter { $0 == 255 }.count == 1)
        let rising = WaveformEncodings(peaks: [0, 1], duration: 3).discord
        #expect(rising == rising.sorted() && rising.first == 0 && rising.last == 255)
    }

    @Test("silence is nothing but zeros in all of them")
    func silence() {
        let silent = WaveformEncodings(peaks: [Float](repeating: 0, count: 64), duration: 2)
        #expect(silent.telegram.allSatisfy { $0 == 0 } && silent.discord.allSatisfy { $0 == 0 })
        #expect(silent.matrix.allSatisfy { $0 == 0 })
        #expect(silent.json["discord"]?.stringValue == Data(count: 20).base64EncodedString())
    }
}
