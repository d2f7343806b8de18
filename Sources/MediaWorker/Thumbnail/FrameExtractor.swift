import FFmpeg

/// Finds the frame that is shown at a time: the same that `ffmpeg -ss TIME` gives.
struct FrameExtractor {
    let demuxer: Demuxer
    let streams: Streams
    let stream: StreamInfo
    let policy: MediaPolicy
    /// How long the container says it plays, in seconds: only to save work.
    let statedDuration: Double?

    /// The first frame at or after `time` seconds from the start of the presentation; of a shorter one, the last frame.
    func frame(at time: Double) throws -> Frame {
        let decoder = try Decoder(
            demuxer, stream: stream.index, settings: DecoderSettings(maximumPixels: policy.maximumPixels))
        let unit = stream.timeBase.value ?? 1
        let target = Int(((time + (try presentationStart())) / unit).rounded())
        demuxer.select([stream.index])
        let isSought = demuxer.seek(toKeyframeBefore: target, stream: stream.index)
        var search = try FrameSearch(decoder: decoder, target: target)
        // What no later frame refers to need not be decoded, as long as it is certain that a later one exists.
        if let statedDuration, statedDuration > time + 1 { search.mayGoFaster = true }
        if let frame = try find(&search) { return frame }
        if search.mayGoFaster || (isSought && search.last == nil) {
            search = try FrameSearch(decoder: decoder, target: target)
            decoder.flush()
            guard demuxer.seek(toKeyframeBefore: search.target, stream: stream.index)
                    || demuxer.seek(toKeyframeBefore: 0, stream: stream.index)
            else { throw search.nothingFound }
            if let frame = try find(&search) { return frame }
        }
        guard let last = search.last else { throw search.nothingFound }
        return last
    }

    /// When the presentation begins: the earliest first sample of the streams that count, in seconds.
    private func presentationStart() throws -> Double {
        let packet = try Packet()
        demuxer.select(streams.indices)
        for _ in 0..<64 {
            if streams.indices.allSatisfy({ demuxer.stream($0).startTime != nil }) { break }
            guard try read(into: packet) else { break }
        }
        return streams.indices.compactMap { demuxer.stream($0).startTime }.min() ?? 0
    }

    private func read(into packet: Packet) throws(FFmpegError) -> Bool {
        do throws(FFmpegError) {
            return try demuxer.read(into: packet)
        } catch {
            guard error.code == .invalidData || error.code == .other else { throw error }
            return false
        }
    }

    private func find(_ search: inout FrameSearch) throws -> Frame? {
        let packet = try Packet()
        while true {
            guard try read(into: packet) else { return try search.take(nil) }
            guard packet.streamIndex == stream.index else { continue }
            if let frame = try search.take(packet) { return frame }
        }
    }
}
