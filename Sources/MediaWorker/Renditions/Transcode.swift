import FFmpeg
import MediaModel

/// Makes one rendition on one thread, from the source's first bytes to the end of the output.
struct Transcode {
    /// How many packets in a row may be without use: damaged ones, and those of other streams.
    private static let maximumUseless = 100_000

    let source: ByteSource
    let order: TranscodeOrder
    let deadline: Deadline
    /// Takes the output.
    let sink: any ByteSink
    /// Called with the share of the source that was read, from 0 to 1.
    let onProgress: (Double) -> Void

    private var policy: MediaPolicy { order.inspection.policy }

    /// Makes the rendition.
    /// - Throws: why the source cannot be read, or the rendition cannot be made of it.
    func run() throws(MediaError) -> Transcoding {
        do {
            return try transcode()
        } catch let error as MediaError {
            throw error
        } catch let error as FFmpegError {
            throw Self.error(error)
        } catch {
            throw MediaError(.internal, "The rendition could not be made; try again.", cause: error)
        }
    }

    private static func error(_ error: FFmpegError) -> MediaError {
        guard error.code == .limit else { return MediaError(error) }
        return MediaError(.tooLarge, "The rendition would be larger than is allowed.", cause: error)
    }

    private func transcode() throws -> Transcoding {
        let (type, start) = try Inspector(job: InspectionJob(place: source.place, order: order.inspection)).detectType()
        guard case .media(let container) = type, container.certainKind != .image, let format = container.demuxer else {
            throw MediaError(.wrongKind, "The file is neither a video nor a sound.")
        }
        let source = source.dropFirst(start)
        let boxes = container.isBaseMedia ? try TopLevelBoxes(source) : nil
        if let boxes { try SampleTableCheck(source: source, boxes: boxes).check() }
        let demuxer = try Demuxer(
            source, format: format,
            limits: DemuxLimits(
                streams: policy.maximumStreams, probeBytes: policy.probeBytes, pixels: policy.maximumDecodedPixels),
            deadline: deadline)
        try demuxer.readStreamDetails()
        if let duration = demuxer.duration { try policy.validateDuration(duration, of: order.profile.kind) }
        let streams = StreamSelection(demuxer.streams)
        guard streams.kind == order.profile.kind else {
            throw MediaError(.wrongKind, "The file is of another kind than the rendition.")
        }
        let compatibility = Compatibility(
            profile: order.profile, limits: order.limits, container: container,
            fileRate: demuxer.duration.map { 8 * Double(source.size) / $0 })
        let isCopied =
            (streams.video.map(compatibility.canCopy(video:)) ?? true)
            && (streams.audio.map(compatibility.canCopy(audio:)) ?? true)
        if isCopied, compatibility.isOriginal(streams, boxes: boxes) {
            return Transcoding(
                outcome: .original, duration: demuxer.duration ?? 0, dimensions: streams.video?.displayDimensions)
        }
        let muxer = try Muxer(order.profile == .voiceOpus ? .ogg : .mp4, to: sink)
        var tracks: [any TranscodedTrack] = []
        if let video = streams.video {
            tracks.append(
                compatibility.canCopy(video: video)
                    ? try CopiedTrack(video, of: demuxer, to: muxer)
                    : try VideoTrack(video, of: demuxer, to: muxer, order: order))
        }
        if let audio = streams.audio {
            tracks.append(
                compatibility.canCopy(audio: audio)
                    ? try CopiedTrack(audio, of: demuxer, to: muxer)
                    : try AudioTrack(audio, of: demuxer, to: muxer, order: order))
        }
        try muxer.begin()
        try feed(tracks, from: demuxer)
        for track in tracks { try track.finish() }
        let duration = tracks.map(\.duration).max() ?? 0
        guard tracks.allSatisfy({ $0.duration > 0 }) || duration > 0 && streams.video == nil else {
            throw MediaError(.unreadable, "Nothing of the file can be decoded: export it again.")
        }
        try muxer.finish()
        return Transcoding(
            outcome: isCopied ? .copied : .encoded, duration: duration,
            dimensions: tracks.compactMap(\.dimensions).first)
    }

    /// Reads the packets and gives each to its track.
    private func feed(_ tracks: [any TranscodedTrack], from demuxer: Demuxer) throws {
        demuxer.select(Set(tracks.map(\.index)))
        let packet = try Packet()
        let start = demuxer.startTime ?? 0
        var useless = 0
        while try read(demuxer, into: packet) {
            try deadline.check()
            guard let track = tracks.first(where: { $0.index == packet.streamIndex }) else {
                useless += 1
                guard useless < Self.maximumUseless else { break }
                continue
            }
            useless = 0
            if let time = packet.time {
                let seconds = Double(time) * (track.unit) - start
                try policy.validateDuration(max(seconds, 0), of: order.profile.kind)
                if let duration = demuxer.duration { onProgress(min(max(seconds / duration, 0), 1)) }
            }
            try track.add(packet, startingAt: start)
        }
    }

    // A damaged container ends where the damage begins.
    private func read(_ demuxer: Demuxer, into packet: Packet) throws(FFmpegError) -> Bool {
        do throws(FFmpegError) {
            return try demuxer.read(into: packet)
        } catch {
            guard error.code == .invalidData || error.code == .other else { throw error }
            return false
        }
    }
}
