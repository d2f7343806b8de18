import FFmpeg
import MediaModel

/// Decodes a video, converts its frames and encodes them.
final class VideoTrack: TranscodedTrack {
    /// The frame rate of a stream that states none.
    private static let usualFrameRate = 30.0
    /// The share of the shortest time between frames below which the next one is left out.
    private static let tolerance = 0.9

    let index: Int
    let unit: Double
    let dimensions: Dimensions?
    private let decoder: Decoder
    private let converter: VideoConverter
    private let encoder: StreamEncoder
    private let muxer: Muxer
    private let output: Int
    private let shortestTime: Double
    private let frameTime: Double
    private let maximumDuration: Double
    private let frame: Frame
    private let packet: Packet
    /// The time of the last frame in the encoder's unit.
    private var last: Int?
    private var start = 0.0

    init(_ stream: StreamInfo, of demuxer: Demuxer, to muxer: Muxer, order: TranscodeOrder) throws {
        let policy = order.inspection.policy
        guard let size = stream.displayDimensions else {
            throw MediaError(.unreadable, "The file does not state how large its pictures are.")
        }
        guard stream.width * stream.height <= policy.maximumDecodedPixels else {
            throw MediaError(.tooManyPixels, "The pictures of the video are too large for a rendition.")
        }
        let target = size.fitted(toLines: order.limits.maximumLines)
        index = stream.index
        unit = stream.timeBase.value ?? 0
        dimensions = target
        self.muxer = muxer
        decoder = try Decoder(
            demuxer, stream: stream.index,
            settings: DecoderSettings(
                maximumPixels: policy.maximumDecodedPixels, threads: order.limits.threads))
        converter = VideoConverter(
            width: target.width, height: target.height, orientation: stream.orientation,
            colours: stream.coding.colours)
        let rate = stream.coding.frameRate.flatMap { (1...1000).contains($0) ? $0 : nil } ?? Self.usualFrameRate
        var encoding = VideoEncoding(
            width: target.width, height: target.height, frameRate: min(rate, order.limits.maximumFrameRate),
            maximumRate: order.limits.maximumRate)
        encoding.threads = order.limits.threads
        encoder = try StreamEncoder(encoding, colours: stream.coding.colours)
        output = try muxer.addStream(of: encoder)
        shortestTime = Self.tolerance / order.limits.maximumFrameRate
        frameTime = 1 / encoding.frameRate
        maximumDuration = order.limits.maximumDuration
        frame = try Frame()
        packet = try Packet()
    }

    private var outputUnit: Double { encoder.timeBase.value ?? 0 }
    var duration: Double { last.map { Double($0) * outputUnit + frameTime } ?? 0 }

    func add(_ packet: Packet, startingAt start: Double) throws {
        self.start = start
        try decode(packet)
    }

    func finish() throws {
        try decode(nil)
        try encoder.send(nil)
        try write()
    }

    private func decode(_ packet: Packet?) throws(FFmpegError) {
        do throws(FFmpegError) {
            try decoder.send(packet)
        } catch {
            guard error.isDamage else { throw error }
        }
        while try receive() { try encode() }
    }

    private func receive() throws(FFmpegError) -> Bool {
        do throws(FFmpegError) {
            return try decoder.receive(into: frame)
        } catch {
            guard error.isDamage else { throw error }
            return false
        }
    }

    private func encode() throws(FFmpegError) {
        let seconds =
            frame.time.map { Double($0) * unit - start } ?? last.map { Double($0) * outputUnit + frameTime } ?? 0
        guard (-1...maximumDuration + 1).contains(seconds) else { return }
        let time = max(Int((seconds / outputUnit).rounded()), 0)
        if let last, Double(time - last) * outputUnit < shortestTime { return }
        last = time
        try encoder.send(try converter.convert(frame), at: time)
        try write()
    }

    private func write() throws(FFmpegError) {
        while try encoder.receive(into: packet) {
            try muxer.write(packet, stream: output, timeBase: encoder.timeBase)
        }
    }
}

extension Dimensions {
    /// The size scaled down to at most `lines` for the shorter side, never enlarged, in even numbers of at least 2.
    func fitted(toLines lines: Int) -> Dimensions {
        // A strip is not made longer than other pictures are.
        let scale = min(
            Double(lines) / Double(min(width, height)), Double(4 * lines) / Double(max(width, height)), 1)
        func even(_ side: Int) -> Int { max(Int((Double(side) * scale / 2).rounded()) * 2, 2) }
        // An odd side becomes shorter, not longer.
        return Dimensions(
            width: scale == 1 ? max(width & ~1, 2) : even(width),
            height: scale == 1 ? max(height & ~1, 2) : even(height))
    }
}
