import FFmpeg
import MediaModel

/// Finds the frame that is shown at a time: the same that `ffmpeg -ss TIME` gives.
struct FrameExtractor {
    /// The container, opened and not yet read.
    let demuxer: Demuxer
    /// Opens it anew.
    let reopen: () throws -> Demuxer
    let streams: StreamSelection
    let stream: StreamInfo
    let policy: MediaPolicy
    /// How long the container says it plays, in seconds: only to save work.
    let statedDuration: Double?
    /// Whether the container knows where its key frames are. Where it does not, a seek may end behind the time.
    let maySeek: Bool
    /// Whether the start of the presentation may be guessed where a part of the file is missing.
    let mayMissBytes: Bool

    /// The first frame at or after `time` seconds from the start of the presentation; of a shorter one, the last frame.
    func frame(at time: Double) throws -> Frame {
        let unit = stream.timeBase.value ?? 1
        let target = Int(saturating: (time + (try presentationStart(demuxer))) / unit)
        demuxer.select([stream.index])
        let isSought = maySeek && demuxer.seek(toKeyframeBefore: target, stream: stream.index)
        // What no later frame refers to need not be decoded, as long as it is certain that a later one exists.
        let isLong = (statedDuration ?? 0) > time + 1
        var search = try FrameSearch(decoder: decoder(demuxer), target: target, mayGoFaster: isLong)
        if isSought, let frame = try find(demuxer, &search) { return frame }
        if isSought, !isLong, let last = search.last { return last }
        // Not every index leads where it says: from the start, then.
        let rewound = try reopen()
        rewound.select([stream.index])
        search = try FrameSearch(decoder: decoder(rewound), target: target, mayGoFaster: false)
        if let frame = try find(rewound, &search) ?? search.last { return frame }
        throw search.nothingFound
    }

    private func decoder(_ demuxer: Demuxer) throws(FFmpegError) -> Decoder {
        try Decoder(
            demuxer, stream: stream.index, settings: DecoderSettings(maximumPixels: policy.maximumDecodedPixels))
    }

    /// When the presentation begins: the earliest first sample of the streams that count, in seconds.
    private func presentationStart(_ demuxer: Demuxer) throws -> Double {
        let packet = try Packet()
        demuxer.select(streams.indices)
        for _ in 0..<64 {
            if streams.indices.allSatisfy({ demuxer.stream($0).startTime != nil }) { break }
            do throws(FFmpegError) {
                guard try read(demuxer, into: packet) else { break }
            } catch {
                // What is not interleaved may begin beyond what was kept.
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
            guard try read(demuxer, into: packet) else { return try search.take(nil) }
            guard packet.streamIndex == stream.index else { continue }
            if let frame = try search.take(packet) { return frame }
        }
    }
}
