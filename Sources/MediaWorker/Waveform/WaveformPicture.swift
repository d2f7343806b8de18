import FFmpeg
public import MediaModel

/// Draws a waveform as a picture.
public enum WaveformPicture {
    private static let background: [UInt8] = [255, 255, 255]
    private static let foreground: [UInt8] = [37, 99, 235]

    /// A PNG of `width` × `height` pixels (1…8192 each) with one bar for each of `peaks`, each in [0, 1].
    /// - Throws: ``MediaError/Code/internal`` for any other size, and where the picture cannot be encoded.
    public static func png(peaks: [Float], width: Int, height: Int) throws(MediaError) -> [UInt8] {
        guard (1...8192).contains(width), (1...8192).contains(height) else {
            throw MediaError(.internal, "The picture of a waveform has between 1 and 8192 pixels a side.")
        }
        var pixels = [UInt8](repeating: background[0], count: 3 * width * height)
        for x in 0..<width where !peaks.isEmpty {
            let position = Double(x) / Double(width) * Double(peaks.count)
            let bar = min(Int(position), peaks.count - 1)
            // A gap between bars that are wide enough for one.
            if width >= 3 * peaks.count && position - Double(bar) > 0.7 { continue }
            let half = Int((Float(height) * min(max(peaks[bar], 0), 1) / 2).rounded())
            for y in max(height / 2 - max(half, 1), 0)..<min(height / 2 + max(half, 1), height) {
                for channel in 0..<3 { pixels[3 * (y * width + x) + channel] = foreground[channel] }
            }
        }
        do throws(FFmpegError) {
            return try Picture(width: width, height: height, pixels: pixels).png()
        } catch {
            throw MediaError(error)
        }
    }
}
