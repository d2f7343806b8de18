import FFmpeg
import MediaModel

/// Decodes sound, converts it and encodes it.
final class AudioTrack: TranscodedTrack {
    /// A gap that is longer is filled with silence, in seconds: shorter ones are inaccurate timestamps.
    private static let shortestGap = 0.1

    let index: Int
    let unit: Double
    let dimensions: Dimensions? = nil
    private let decoder: Decoder
    private let converter: AudioConverter
    private let encoder: StreamEncoder
    private let muxer: Muxer
    private let output: Int
    private let maximumDuration: Double
    private let frame: Frame
    private let packet: Packet
    private var start = 0.0

    init(_ stream: StreamInfo, of demuxer: Demuxer, to muxer: Muxer, order: TranscodeOrder) throws {
        index = stream.index
        unit = stream.timeBase.value ?? 0
        self.muxer = muxer
        decoder = try Decoder(demuxer, stream: stream.index, settings: DecoderSettings(maximumPixels: 1))
        encoder = try StreamEncoder(
            AudioEncoding(
                order.profile == .voiceOpus ? .opus : .aac, channels: stream.channels, sampleRate: stream.sampleRate))
        converter = try AudioConverter(for: encoder)
        output = try muxer.addStream(of: encoder)
        maximumDuration = order.limits.maximumDuration
        frame = try Frame()
        packet = try Packet()
    }

    var duration: Double { Double(converter.queuedSamples) / Double(converter.sampleRate) }

    func add(_ packet: Packet, startingAt start: Double) throws {
        self.start = start
        try decode(packet)
    }

    func finish() throws {
        try decode(nil)
        try converter.append(nil)
        try encode(isEnd: true)
        try encoder.send(nil)
        try write()
    }

    private func decode(_ packet: Packet?) throws {
        do throws(FFmpegError) {
            try decoder.send(packet)
            while try decoder.receive(into: frame) {
                guard frame.sampleRate > 0, frame.channels > 0 else { continue }
                try fillGap()
                try converter.append(frame)
                try encode(isEnd: false)
                guard duration <= maximumDuration + 1 else {
                    throw FFmpegError(.limit, "the sound is longer than is allowed")
                }
            }
        } catch {
            guard error.isDamage else { throw error }
        }
    }

    /// Queues silence up to the time of the frame.
    private func fillGap() throws(FFmpegError) {
        guard let time = frame.time.map({ Double($0) * unit - start }), time <= maximumDuration else { return }
        guard time - duration > Self.shortestGap else { return }
        let end = Int(time * Double(converter.sampleRate))
        while converter.queuedSamples < end {
            try converter.appendSilence(samples: end - converter.queuedSamples)
            try encode(isEnd: false)
        }
    }

    private func encode(isEnd: Bool) throws(FFmpegError) {
        while let next = try converter.next(isEnd: isEnd) {
            try encoder.send(next.frame, at: next.time)
            try write()
        }
    }

    private func write() throws(FFmpegError) {
        while try encoder.receive(into: packet) {
            try muxer.write(packet, stream: output, timeBase: encoder.timeBase)
        }
    }
}
