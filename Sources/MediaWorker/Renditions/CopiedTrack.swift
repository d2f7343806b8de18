import FFmpeg
import MediaModel

/// Copies a stream's packets without decoding them.
final class CopiedTrack: TranscodedTrack {
    let index: Int
    let dimensions: Dimensions?
    private let timeBase: Rational
    private let muxer: Muxer
    private let output: Int
    private var end = 0

    init(_ stream: StreamInfo, of demuxer: Demuxer, to muxer: Muxer) throws(FFmpegError) {
        index = stream.index
        dimensions = stream.displayDimensions
        timeBase = stream.timeBase
        self.muxer = muxer
        output = try muxer.addStream(copying: stream.index, of: demuxer)
    }

    var unit: Double { timeBase.value ?? 0 }
    var duration: Double { Double(end) * unit }

    func add(_ packet: Packet, startingAt start: Double) throws {
        guard packet.hasTimes, unit > 0 else { return }
        packet.moveTimes(by: -Int((start / unit).rounded()))
        end = max(end, (packet.presentationTime ?? 0) + packet.duration)
        try muxer.write(packet, stream: output, timeBase: timeBase)
    }

    func finish() {}
}
