import FFmpeg
import MediaModel

/// One stream of a source on its way to the output.
protocol TranscodedTrack: AnyObject {
    /// The index of the stream in the source.
    var index: Int { get }
    /// The unit of its timestamps, in seconds.
    var unit: Double { get }
    /// The duration of what was written, in seconds.
    var duration: Double { get }
    /// The size of a video as displayed.
    var dimensions: Dimensions? { get }
    /// Adds a packet of the stream. `start` is the time at which the source begins, in seconds.
    func add(_ packet: Packet, startingAt start: Double) throws
    /// Writes what is left.
    func finish() throws
}

extension FFmpegError {
    /// Whether one packet is damaged: it is a gap, and decoding goes on.
    var isDamage: Bool { code == .invalidData || code == .other }
}
