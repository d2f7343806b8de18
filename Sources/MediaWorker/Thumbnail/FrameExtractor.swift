import FFmpeg
import MediaModel

/// Finds the frame that is displayed at a time: the same as `ffmpeg -ss TIME`.
struct FrameExtractor {
    /// The container, opened and not yet read.
    let demuxer: Demuxer
    /// Opens the container again.
    let reopen: () throws -> Demuxer
    let streams: StreamSelection
    let stream: StreamInfo
    let policy: MediaPolicy
    /// The duration that the container states, in seconds: used only to save work.
    let statedDuration: Double?
    /// Whether the container has an index of keyframes. Without one, a seek may end after the time.
    let maySeek: Bool
    /// Whether the start of the presentation may be estimated where a part of the file is missing.
    let mayMissBytes: Bool

    /// The first frame at or after `time` seconds from the start of the presentation, or the last frame of a shorter one.
    func frame(at time: Double) throws -> Frame {
        let unit = stream.timeBase.value ?? 1
        let target = Int(saturating: (time + (try presentationStart(demuxer))) / unit)
        demuxer.select([stream.index])
        let didSeek = maySeek && demuxer.seek(toKeyframeBefore: target, stream: stream.index)
        // Frames that no other frame refers to can be skipped if a later frame certainly exists.
        let isLong = (statedDuration ?? 0) > time + 1
        var search = try FrameSearch(decoder: decoder(demuxer), target: target, skipsUnreferencedFrames: isLong)
        if didSeek, let frame = try find(demuxer, &search) { return frame }
        if didSeek, !isLong, let last = search.last { return last }
        // The index may be wrong: decode from the start.
        let rewound = try reopen()
        rewound.select([stream.index])
        search = try FrameSearch(decoder: decoder(rewound), target: target, skipsUnreferencedFrames: false)
        if let frame = try find(rewound, &search) ?? search.last { return frame }
        throw search.noFrame
    }

    private func decoder(_ demuxer: Demuxer) throws(FFmpegError) -> Decoder {
        try Decoder(
            demuxer, stream: stream.index, settings: DecoderSettings(maximumPixels: policy.maximumDecodedPixels))
    }

    /// The start of the presentation: the earliest first sample of the selected streams, in seconds.
    private func presentationStart(_ demuxer: Demuxer) throws -> Double {
        let packet = try Packet()
        demuxer.select(streams.indices)
        for _ in 0..<64 {
            if streams.indices.allSatisfy({ demuxer.stream($0).startTime != nil }) { break }
            do throws(FFmpegError) {
                guard try read(demuxer, into: packet) else { break }
            } catch {
                // Streams that are not interleaved may begin beyond the kept ranges.
                guard error.code == .missingBytes, mayMissBytes else { throw error }
                break
            }
        }
        return streams.indices.compactMap { demuxer.stream($0).startTime }.min() ?? 0
    }

    private func read(_ demuxer: Demuxer, into packet: Packet) throws(FFmpegError) -> Bool {
        do throws(FFmpegError) {
            return try demuxer.read(into: packet)
        } catch {
            guard error.code == .invalidData || error.code == .other else { throw error }
            return false
        }
    }

    private func find(_ demuxer: Demuxer, _ search: inout FrameSearch) throws -> Frame? {
        let packet = try Packet()
        while true {
            guard try read(demuxer, into: packet) else { return try search.send(nil) }
            guard packet.streamIndex == stream.index else { continue }
            if let frame = try search.send(packet) { return frame }
        }
    }
}
