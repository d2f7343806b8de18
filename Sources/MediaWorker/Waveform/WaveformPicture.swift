/// A waveform drawn, for a person to look at.
public enum WaveformPicture {
    /// A PNG of `width` × `height` pixels with one bar for each of `peaks`, each in [0, 1].
    public static func png(peaks: [Float], width: Int, height: Int) throws(MediaError) -> [UInt8] {
        throw MediaError(.internal, "The waveform cannot be drawn.")
    }
}
