import FFmpeg
import MediaModel

/// Inspects video and audio files.
struct AVInspector {
    /// The share of the time limit after which decoding audio stops, so that the rest of the inspection can finish.
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
        // Which of them are covers is not known yet.
        try checkPixels(streams, of: .audio)
        if needsDetails(streams) {
            try demuxer.readStreamDetails()
            streams = StreamSelection(demuxer.streams)
        }
        streams = StreamSelection(demuxer.streams, covers: try covers(among: streams))
        guard let kind = streams.kind else {
            throw MediaError(.unreadable, "The file has neither video nor audio.")
        }
        let container = container.variant(kind)
        try policy.validate(kind, in: container)
        try checkPixels(streams, of: kind)
        var inspection = Inspection(
            kind: kind, container: container.rawValue, mimeType: container.mimeType(kind),
            fileExtension: container.fileExtension(kind), dimensions: streams.video?.displayDimensions,
            streams: streams.summaries)
        if container.isBaseMedia { inspection.indexedEnd = streams.indexedEnd }
        if order.depth == .head {
            if container.isBaseMedia {
                inspection.duration = try validTrustedDuration(estimator(demuxer, streams), of: kind)
            }
            return inspection
        }
        if kind == .video {
            try inspectVideo(demuxer, streams, into: &inspection)
        } else {
            try inspectAudio(demuxer, streams, into: &inspection)
        }
        return inspection
    }

    /// Checks that the file does not continue in fragments, so that its index states the duration.
    /// - Throws: ``MediaError/Code/incomplete``.
    private func checkFragments(_ boxes: TopLevelBoxes) throws {
        guard let index = boxes.boxes.first(where: { $0.type == "moov" }), !boxes.isFragmented,
            try !TopLevelBoxes.announcesFragments(index, in: source)
        else { throw MediaError(.incomplete, "The file's index does not describe all of it.") }
    }

    private func open() throws(MediaError) -> Demuxer {
        do throws(FFmpegError) {
            return try Demuxer(
                source, format: container.demuxer ?? .mov,
                limits: DemuxLimits(
                    streams: policy.maximumStreams, probeBytes: policy.probeBytes, pixels: policy.maximumDecodedPixels),
                deadline: deadline)
        } catch {
            // What cannot be read as boxes either is not cut short but damaged, which the demuxer's error says.
            if error.code == .invalidData, order.depth == .full, container.isBaseMedia,
                let boxes = try? TopLevelBoxes(source), boxes.isCutShort(size: source.size)
            {
                throw .truncated
            }
            if error.code == .limit {
                throw MediaError(
                    .tooManyStreams, "The file has more than \(policy.maximumStreams) streams.",
                    limit: Double(policy.maximumStreams), cause: error)
            }
            throw MediaError(error)
        }
    }

    /// A demuxer at the start of the file that knows as many streams as the first one.
    private func reopen(_ streams: StreamSelection) throws -> Demuxer {
        let demuxer = try open()
        if needsDetails(streams) || demuxer.streams.count < streams.all.count { try demuxer.readStreamDetails() }
        return demuxer
    }

    /// Whether the head of the container does not describe the streams completely. Where it does, 14 to 21 ms are saved.
    private func needsDetails(_ streams: StreamSelection) -> Bool {
        if order.depth == .head { return false }
        if [.avi, .flv, .mpegTS, .mpegPS, .matroska].contains(container) { return true }
        if let video = streams.video { return video.width == 0 || video.height == 0 }
        return streams.audio == nil
    }

    /// Checks that the file contains all samples that its index lists.
    /// - Throws: ``MediaError/Code/truncated``.
    private func checkEnd(_ streams: StreamSelection) throws(MediaError) {
        guard container.isBaseMedia, let end = streams.indexedEnd, end > source.size else { return }
        throw .truncated
    }

    /// - Parameter kind: that of the file. Pictures beside audio are covers, for which only the policy's own limit holds.
    private func checkPixels(_ streams: StreamSelection, of kind: MediaKind) throws(MediaError) {
        for stream in streams.all where stream.kind == .video {
            try policy.validatePixels(stream.width, stream.height, of: kind)
        }
    }

    private func estimator(_ demuxer: Demuxer, _ streams: StreamSelection) throws -> DurationEstimator {
        let boxes = container.isBaseMedia ? try TopLevelBoxes(source) : nil
        let isPlausible =
            boxes == nil && demuxer.duration.map { DurationEstimator.isPlausible($0, size: source.size) } ?? false
        // Counting the chunks costs little where the whole file is read in any case, and is necessary where a limit applies.
        let isCounted = container == .avi && (!isPlausible || hasDurationLimit(streams))
        let chunks = isCounted ? try AVITimes(source, deadline: deadline) : nil
        return DurationEstimator(
            container: container, streams: streams, stated: demuxer.duration, size: source.size,
            tracks: try boxes.map { try TrackTimes(source, boxes: $0) }, isFragmented: boxes?.isFragmented ?? false,
            chunks: chunks, isConfirmed: try !isPlausible || isConfirmed(demuxer.duration, streams, chunks))
    }

    /// How many seconds before the end the last sample may begin.
    private static let longestSample = 10.0

    /// Whether the samples of a large file end where its container states; `true` where no limit depends on that.
    private func isConfirmed(
        _ stated: Double?, _ streams: StreamSelection, _ chunks: AVITimes?
    ) throws(FFmpegError) -> Bool {
        guard hasDurationLimit(streams), let stated else { return true }
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

    private func hasDurationLimit(_ streams: StreamSelection) -> Bool {
        streams.kind.flatMap { policy.durationLimit(of: $0) } != nil
    }

    /// The duration that is certain before packets are read, checked against the limit.
    private func validTrustedDuration(_ time: DurationEstimator, of kind: MediaKind) throws -> Double? {
        if let duration = time.trusted { try policy.validateDuration(duration, of: kind) }
        return time.trusted
    }

    /// The indices of cover art that is stored as an ordinary track. The evidence must agree: a single sample of a codec for single
    /// pictures, next to audio, in a file that is declared as audio or that shows the picture for a small part of its duration.
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

    /// The share of the audio's duration for which cover art may be shown.
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
        let time = try estimator(demuxer, streams)
        let trusted = try validTrustedDuration(time, of: .video)
        try checkEnd(streams)
        if let settings = policy.thumbnail {
            try makeThumbnail(demuxer, streams, video, trusted, settings, into: &inspection)
        }
        let duration = try trusted ?? time.measured(reopen(streams))
        if let duration { try policy.validateDuration(duration, of: .video) }
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
            inspection.setPreview(
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
        let time = try estimator(demuxer, streams)
        let trusted = isIndexed ? try validTrustedDuration(time, of: .audio) : nil
        try checkEnd(streams)
        do {
            let scanner = AudioScanner(
                demuxer: demuxer, stream: audio, policy: policy,
                budget: Deadline(seconds: policy.deadline * Self.decodingShare))
            let decoded = try scanner.read()
            // Some containers do not state the format of their audio.
            if inspection.streams.indices.contains(audio.index) {
                if audio.channels == 0 {
                    inspection.streams[audio.index].channels = StreamSelection.plausible(channels: decoded.channels)
                }
                if audio.sampleRate == 0 {
                    inspection.streams[audio.index].sampleRate = StreamSelection.plausible(sampleRate: decoded.rate)
                }
            }
            inspection.duration =
                decoded.isCutShort
                ? trusted ?? audio.duration ?? demuxer.duration
                : time.decodedDuration(decoded.duration, audio: audio, from: decoded.start)
            if let settings = policy.waveform, !decoded.isCutShort {
                inspection.waveform = decoded.peaks.peaks(buckets: settings.buckets)
            }
        } catch let error as FFmpegError where error.code == .unsupported {
            inspection.duration = try trusted ?? time.measured(reopen(streams))
        } catch let error as FFmpegError where error.code == .missingBytes && isIndexed && order.depth == .full {
            inspection.duration = trusted ?? audio.duration
            inspection.previewDeferred = policy.waveform != nil
        }
        if let duration = inspection.duration { try policy.validateDuration(duration, of: .audio) }
    }
}
