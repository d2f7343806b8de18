import FFmpeg
import MediaModel

/// Judges what plays: video, and audio alone.
struct AVInspector {
    /// The part of the deadline after which a sound's decoding is given up and the rest answers.
    private static let decodingShare = 0.8

    let source: ByteSource
    let container: MediaFormat
    let order: InspectionOrder
    let deadline: Deadline
    private var policy: MediaPolicy { order.policy }

    func inspect() throws -> Inspection {
        let boxes = container.isBaseMedia ? try TopLevelBoxes(source) : nil
        if let boxes { try SampleTableCheck(source: source, boxes: boxes).check() }
        if let boxes, order.depth == .arriving { try checkFragments(boxes) }
        let demuxer = try open()
        var streams = StreamSelection(demuxer.streams)
        try checkPixels(streams)
        if needsDetails(streams) {
            try demuxer.readStreamDetails()
            streams = StreamSelection(demuxer.streams)
        }
        streams = StreamSelection(demuxer.streams, covers: try covers(among: streams))
        guard let kind = streams.kind else {
            throw MediaError(.unreadable, "The file carries neither video nor sound.")
        }
        let container = container.carrying(kind)
        try policy.validate(kind, in: container)
        try checkPixels(streams)
        var inspection = Inspection(
            kind: kind, container: container.rawValue, mimeType: container.mimeType(kind),
            fileExtension: container.fileExtension(kind), dimensions: streams.video?.displayDimensions,
            streams: streams.summaries)
        if container.isBaseMedia { inspection.indexedEnd = streams.indexedEnd }
        if order.depth == .head {
            if container.isBaseMedia { inspection.duration = try trustedDuration(playingTime(demuxer, streams)) }
            return inspection
        }
        if kind == .video {
            try inspectVideo(demuxer, streams, into: &inspection)
        } else {
            try inspectAudio(demuxer, streams, into: &inspection)
        }
        return inspection
    }

    /// Throws when the file may go on in fragments, so that its index does not say how long it plays.
    private func checkFragments(_ boxes: TopLevelBoxes) throws {
        guard let index = boxes.boxes.first(where: { $0.type == "moov" }), !boxes.isFragmented,
            try !TopLevelBoxes.announcesFragments(index, in: source)
        else { throw MediaError(.incomplete, "The file's index does not tell all of it.") }
    }

    private func open() throws(MediaError) -> Demuxer {
        do throws(FFmpegError) {
            return try Demuxer(
                source, format: container.demuxer ?? .mov,
                limits: DemuxLimits(
                    streams: policy.maximumStreams, probeBytes: policy.probeBytes, pixels: policy.maximumDecodedPixels),
                deadline: deadline)
        } catch {
            if error.code == .invalidData, order.depth == .full, container.isBaseMedia,
                let boxes = try? TopLevelBoxes(source), boxes.isCutShort(size: source.size)
            {
                throw .truncated
            }
            if error.code == .limit {
                throw MediaError(
                    .tooManyStreams, "The file carries more than \(policy.maximumStreams) streams.",
                    limit: Double(policy.maximumStreams), cause: error)
            }
            throw MediaError(error)
        }
    }

    /// A demuxer at the start of the file, which knows as many streams as the first one did.
    private func reopen(_ streams: StreamSelection) throws -> Demuxer {
        let demuxer = try open()
        if needsDetails(streams) || demuxer.streams.count < streams.all.count { try demuxer.readStreamDetails() }
        return demuxer
    }

    /// Whether the container's head leaves open what the streams are. Where it does not, 14 to 21 ms are saved.
    private func needsDetails(_ streams: StreamSelection) -> Bool {
        if order.depth == .head { return false }
        if [.avi, .flv, .mpegTS, .mpegPS, .matroska].contains(container) { return true }
        if let video = streams.video { return video.width == 0 || video.height == 0 }
        return streams.audio == nil
    }

    /// Throws when samples that the index names lie beyond the end.
    private func checkEnd(_ streams: StreamSelection) throws(MediaError) {
        guard container.isBaseMedia, let end = streams.indexedEnd, end > source.size else { return }
        throw .truncated
    }

    private func checkPixels(_ streams: StreamSelection) throws(MediaError) {
        for stream in streams.all where stream.kind == .video {
            try policy.validatePixels(stream.width, stream.height)
        }
    }

    private func playingTime(_ demuxer: Demuxer, _ streams: StreamSelection) throws -> DurationEstimator {
        let boxes = container.isBaseMedia ? try TopLevelBoxes(source) : nil
        let isPlausible =
            boxes == nil && demuxer.duration.map { DurationEstimator.isPlausible($0, size: source.size) } ?? false
        // Going through all chunks is as good as free where all of the file is read in any case, or a limit calls for it.
        let isCounted = container == .avi && (!isPlausible || policy.maximumDuration != nil)
        let chunks = isCounted ? try AVITimes(source, deadline: deadline) : nil
        return DurationEstimator(
            container: container, streams: streams, stated: demuxer.duration, size: source.size,
            tracks: try boxes.map { try TrackTimes(source, boxes: $0) }, isFragmented: boxes?.isFragmented ?? false,
            chunks: chunks, isConfirmed: try !isPlausible || isConfirmed(demuxer.duration, streams, chunks))
    }

    /// By how many seconds the last sample may begin before the end.
    private static let longestSample = 10.0

    /// Whether the samples of a large file end where its container states, as far as a limit depends on it.
    private func isConfirmed(
        _ stated: Double?, _ streams: StreamSelection, _ chunks: AVITimes?
    ) throws(FFmpegError) -> Bool {
        guard policy.maximumDuration != nil, let stated else { return true }
        guard streams.timed.allSatisfy({ $0.indexedSpan ?? 0 <= stated + 1 }) else { return false }
        if let chunks {
            let agrees = streams.timed.allSatisfy { stream in
                guard let unit = stream.timeBase.value, let own = chunks.units[stream.index] else { return false }
                return abs(unit - own) <= 1e-6 * own
            }
            return agrees && chunks.longest.map { abs($0 - stated) <= 1 } ?? false
        }
        let units = streams.timed.compactMap(\.timeBase.value)
        guard let last = try LastTimestamp.seconds(source, container: container, units: units, deadline: deadline)
        else { return false }
        return (stated - Self.longestSample...stated + 1).contains(last)
    }

    /// What can be said for certain before anything is read, held against the limit.
    private func trustedDuration(_ time: DurationEstimator) throws -> Double? {
        if let duration = time.trusted { try policy.validateDuration(duration) }
        return time.trusted
    }

    /// Pictures beside a sound that are tracks like any other. The evidence must agree: one sample of a codec for single
    /// pictures, beside a sound, in a file that says it is a sound or that shows the picture for a moment of it.
    private func covers(among streams: StreamSelection) throws -> Set<Int> {
        guard let audio = streams.audio else { return [] }
        let pictures = streams.all.filter { $0.kind == .video && $0.isStillCodec }
        return Set(try pictures.filter { try isCover($0, beside: audio) }.map(\.index))
    }

    private func isCover(_ picture: StreamInfo, beside audio: StreamInfo) throws -> Bool {
        guard container.isBaseMedia else {
            return container == .matroska || container == .webm ? try hasOnePacket(picture) : false
        }
        guard picture.indexedSamples == 1 else { return false }
        if container == .m4a { return true }
        return picture.duration ?? 0 < Self.coverShare * (audio.duration ?? 0)
    }

    /// The part of a sound's length for which a picture may be shown that is no video.
    private static let coverShare = 0.25

    private func hasOnePacket(_ stream: StreamInfo) throws -> Bool {
        guard order.depth != .head else { return false }
        let (demuxer, packet) = (try open(), try Packet())
        demuxer.select([stream.index])
        var count = 0
        while count < 2, try demuxer.read(into: packet) {
            if packet.streamIndex == stream.index { count += 1 }
        }
        return count == 1
    }

    private func inspectVideo(_ demuxer: Demuxer, _ streams: StreamSelection, into inspection: inout Inspection) throws
    {
        guard let video = streams.video else { return }
        let time = try playingTime(demuxer, streams)
        let trusted = try trustedDuration(time)
        try checkEnd(streams)
        if let settings = policy.thumbnail {
            try makeThumbnail(demuxer, streams, video, trusted, settings, into: &inspection)
        }
        let duration = try trusted ?? time.measured(reopen(streams))
        if let duration { try policy.validateDuration(duration) }
        inspection.duration = duration
    }

    private func makeThumbnail(
        _ demuxer: Demuxer, _ streams: StreamSelection, _ video: StreamInfo, _ duration: Double?,
        _ settings: ThumbnailSettings,
        into inspection: inout Inspection
    ) throws {
        guard video.width * video.height <= policy.maximumDecodedPixels else {
            inspection.thumbnailFailure = policy.tooManyPixelsToDecode(video.width, video.height)
            return
        }
        do {
            let extractor = FrameExtractor(
                demuxer: demuxer, reopen: { try reopen(streams) }, streams: streams, stream: video, policy: policy,
                statedDuration: duration, maySeek: ![.mpegTS, .mpegPS].contains(container),
                mayMissBytes: order.depth == .full)
            let frame = try extractor.frame(at: settings.time)
            if inspection.dimensions == nil || video.sampleAspect.value == nil {
                inspection.dimensions = Dimensions(
                    width: frame.width, height: frame.height,
                    sampleAspect: video.sampleAspect.value == nil ? frame.sampleAspect : video.sampleAspect,
                    orientation: video.orientation)
            }
            inspection.show(
                try Thumbnail(settings: settings).preview(
                    frame, sampleAspect: video.sampleAspect, orientation: video.orientation))
        } catch let error as FFmpegError where error.code == .unsupported {
            inspection.thumbnailFailure = error.message
        } catch let error as FFmpegError where error.code == .memory {
            inspection.thumbnailFailure = "decoding the video takes more memory than a worker may have"
        } catch let error as FFmpegError where error.code == .missingBytes && order.depth == .full {
            inspection.thumbnailFailure = "the frame lies beyond what is kept of a large file"
            inspection.previewDeferred = true
        }
    }

    private func inspectAudio(_ demuxer: Demuxer, _ streams: StreamSelection, into inspection: inout Inspection) throws
    {
        guard let audio = streams.audio else { return }
        let isIndexed = container.isBaseMedia && audio.indexedEnd != nil
        let time = try playingTime(demuxer, streams)
        let trusted = isIndexed ? try trustedDuration(time) : nil
        try checkEnd(streams)
        do {
            let reader = AudioScanner(
                demuxer: demuxer, stream: audio, policy: policy,
                budget: Deadline(seconds: policy.deadline * Self.decodingShare))
            let sound = try reader.read()
            // Some containers leave to the sound itself what it is.
            if inspection.streams.indices.contains(audio.index) {
                if audio.channels == 0 {
                    inspection.streams[audio.index].channels = StreamSelection.believed(channels: sound.channels)
                }
                if audio.sampleRate == 0 {
                    inspection.streams[audio.index].sampleRate = StreamSelection.believed(sampleRate: sound.rate)
                }
            }
            inspection.duration =
                sound.isCutShort
                ? trusted ?? audio.duration ?? demuxer.duration
                : time.heard(sound.duration, audio: audio, from: sound.start)
            if let settings = policy.waveform, !sound.isCutShort {
                inspection.waveform = sound.peaks.peaks(buckets: settings.buckets)
            }
        } catch let error as FFmpegError where error.code == .unsupported {
            inspection.duration = try trusted ?? time.measured(reopen(streams))
        } catch let error as FFmpegError where error.code == .missingBytes && isIndexed && order.depth == .full {
            inspection.duration = trusted ?? audio.duration
            inspection.previewDeferred = policy.waveform != nil
        }
        if let duration = inspection.duration { try policy.validateDuration(duration) }
    }
}
