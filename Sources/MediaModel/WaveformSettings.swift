/// How the waveform of audio is made.
public struct WaveformSettings: Sendable, Codable, Equatable {
    /// The number of peaks, from 1 to 1024.
    public var buckets: Int

    /// Creates settings for `buckets` peaks, clamped to 1…1024.
    public init(buckets: Int = 64) { self.buckets = min(max(buckets, 1), 1024) }
}
