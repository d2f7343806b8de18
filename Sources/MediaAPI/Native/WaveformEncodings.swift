import ChatBridge
import Foundation
import JSON

/// A waveform in the encodings of other chat systems: the same peaks, with their number of values and packing.
struct WaveformEncodings {
    private static let telegramValues = 100
    private static let discordMost = 256
    /// Discord's clients expect one value for each 100 ms.
    private static let discordRate = 10.0
    private static let matrixValues = 30...120
    private static let matrixScale: Float = 1024

    /// The peaks, in [0, 1]; at least one.
    let peaks: [Float]
    /// The duration, in seconds.
    let duration: Double

    /// All encodings by the name of the system.
    var json: JSONValue {
        [
            "telegram": .string(Data(telegram).base64EncodedString()),
            "discord": .string(Data(discord).base64EncodedString()), "matrix": .array(matrix.map(JSONValue.integer)),
        ]
    }

    /// 100 values of 5 bits, packed without gaps from the lowest bit: 63 bytes (documentAttributeAudio's `waveform` in
    /// Telegram's API, and `waveform` of TDLib's voiceNote).
    var telegram: [UInt8] {
        var packed = [UInt8](repeating: 0, count: (5 * Self.telegramValues + 7) / 8)
        for (index, value) in scaled(to: 31, count: Self.telegramValues).enumerated() {
            let (byte, shift) = (5 * index / 8, 5 * index % 8)
            packed[byte] |= UInt8(truncatingIfNeeded: value << shift)
            if shift > 3 { packed[byte + 1] |= UInt8(value >> (8 - shift)) }
        }
        return packed
    }

    /// One byte for each value, at most 256 values and at most one for each 100 ms (a voice message's `waveform` in
    /// Discord's API, there in Base64).
    var discord: [UInt8] {
        let count = min(max(Int(min(duration, 1e6) * Self.discordRate), 1), Self.discordMost)
        return scaled(to: 255, count: count).map(UInt8.init)
    }

    /// 30 to 120 integers from 0 to 1024 (`waveform` of Matrix's MSC3246).
    var matrix: [Int] {
        let count = min(max(peaks.count, Self.matrixValues.lowerBound), Self.matrixValues.upperBound)
        return scaled(to: Self.matrixScale, count: count)
    }

    private func scaled(to most: Float, count: Int) -> [Int] {
        resampled(count).map { Int((min(max($0, 0), 1) * most).rounded()) }
    }

    /// The peaks resampled to `count` values: fewer values are the maximum of their interval; more values are the peak
    /// at their midpoint, so that the maximum is preserved.
    private func resampled(_ count: Int) -> [Float] {
        guard !peaks.isEmpty else { return [Float](repeating: 0, count: count) }
        let ratio = Double(peaks.count) / Double(count)
        return (0..<count).map { index in
            if count > peaks.count { return peaks[Int(ratio * (Double(index) + 0.5))] }
            let first = Int(ratio * Double(index))
            let end = min(Int((ratio * Double(index + 1)).rounded(.up)), peaks.count)
            return peaks[first..<end].max() ?? 0
        }
    }
}
