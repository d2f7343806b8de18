import ChatBridge
import Foundation
import JSON

/// A waveform as other chat systems carry it: the same peaks, in their number of values and their packing.
struct WaveformEncodings {
    private static let telegramValues = 100
    private static let discordMost = 256
    /// Discord's clients take one value each 100 ms.
    private static let discordRate = 10.0
    private static let matrixValues = 30...120
    private static let matrixScale: Float = 1024

    /// In [0, 1], at least one.
    let peaks: [Float]
    /// In seconds.
    let duration: Double

    /// All of them by the system's name.
    var json: JSONValue {
        [
            "telegram": .string(Data(telegram).base64EncodedString()),
            "discord": .string(Data(discord).base64EncodedString()), "matrix": .array(matrix.map(JSONValue.integer)),
        ]
    }

    /// 100 values of 5 bits, packed one behind the other from the lowest bit on: 63 bytes (documentAttributeAudio's
    /// `waveform` in Telegram's API, and `waveform` of TDLib's voiceNote).
    var telegram: [UInt8] {
        var packed = [UInt8](repeating: 0, count: (5 * Self.telegramValues + 7) / 8)
        for (index, value) in scaled(to: 31, count: Self.telegramValues).enumerated() {
            let (byte, shift) = (5 * index / 8, 5 * index % 8)
            packed[byte] |= UInt8(truncatingIfNeeded: value << shift)
            if shift > 3 { packed[byte + 1] |= UInt8(value >> (8 - shift)) }
        }
        return packed
    }

    /// A byte for each value, at most 256 and at most one for each 100 ms (a voice message's `waveform` in Discord's API,
    /// there in Base64).
    var discord: [UInt8] {
        let count = min(max(Int(min(duration, 1e6) * Self.discordRate), 1), Self.discordMost)
        return scaled(to: 255, count: count).map(UInt8.init)
    }

    /// 30 to 120 whole numbers from 0 to 1024 (`waveform` of Matrix's MSC3246).
    var matrix: [Int] {
        let count = min(max(peaks.count, Self.matrixValues.lowerBound), Self.matrixValues.upperBound)
        return scaled(to: Self.matrixScale, count: count)
    }

    private func scaled(to most: Float, count: Int) -> [Int] {
        resampled(count).map { Int((min(max($0, 0), 1) * most).rounded()) }
    }

    /// `count` values over the same time: where there are fewer, each is the loudest of its stretch; where there are more,
    /// each is the peak that its middle falls into, so that the loudest stays the loudest.
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
