import FFmpeg
import MediaModel

/// Decodes audio from end to end in one pass, for its exact duration and its peaks.
struct AudioScanner {
    /// What was decoded.
    struct DecodedAudio {
        /// The duration in seconds: samples divided by their rate.
        var duration: Double { earlier + (rate > 0 ? Double(samples) / Double(rate) : 0) }
        /// The presentation time of the first packet in seconds, if it has one.
        fileprivate(set) var start: Double?
        /// The peaks so far.
        var peaks: PeakAccumulator
        /// Whether decoding was stopped before the end.
        var isCutShort = false
        /// Seconds at earlier sample rates, and samples at the current one: an integer does not accumulate rounding errors.
        private var earlier = 0.0
        private var samples = 0
        /// The sample rate of the last decoded frame, in Hz.
        private(set) var rate = 0
        /// The number of channels of the last decoded frame.
        private(set) var channels = 0

        init(peaks: PeakAccumulator) { self.peaks = peaks }

        mutating func add(samples: Int, rate: Int, channels: Int) {
            self.channels = channels
            if rate != self.rate { (earlier, self.samples, self.rate) = (duration, 0, rate) }
            self.samples += samples
        }
    }

    let demuxer: Demuxer
    let stream: StreamInfo
    let policy: MediaPolicy
    /// When decoding stops and the result is incomplete.
    let budget: Deadline

    /// Decodes the stream.
    /// - Throws: ``MediaError/Code/tooLong`` as soon as that is certain, ``MediaError/Code/unreadable`` where nothing can be decoded,
    ///   and the errors of the demuxer and the decoder.
    func read() throws -> DecodedAudio {
        let decoder = try Decoder(
            demuxer, stream: stream.index, settings: DecoderSettings(maximumPixels: policy.maximumDecodedPixels))
        demuxer.select([stream.index])
        var audio = DecodedAudio(peaks: PeakAccumulator())
        var magnitudes: [Float] = []
        let packet = try Packet()
        let frame = try Frame()
        var isOpen = true
        while isOpen {
            if budget.hasPassed {
                audio.isCutShort = true
                break
            }
            isOpen = try readPacket(into: packet)
            guard !isOpen || packet.streamIndex == stream.index else { continue }
            if isOpen, audio.start == nil, let time = packet.presentationTime {
                audio.start = Double(time) * (stream.timeBase.value ?? 0)
            }
            do throws(FFmpegError) {
                try decoder.send(isOpen ? packet : nil)
                while try decoder.receive(into: frame) {
                    guard frame.sampleRate > 0 else { continue }
                    audio.add(samples: frame.sampleCount, rate: frame.sampleRate, channels: frame.channels)
                    try frame.magnitudes(into: &magnitudes)
                    audio.peaks.append(magnitudes)
                }
            } catch {
                // A damaged packet is a gap; decoding continues.
                guard error.code == .invalidData || error.code == .other else { throw error }
            }
            try policy.validateDuration(audio.duration, of: .audio, stated: demuxer.duration)
        }
        if audio.peaks.count == 0 && !audio.isCutShort {
            throw MediaError(.unreadable, "No audio of the file can be decoded: export it again.")
        }
        return audio
    }

    // A damaged container ends where the damage begins; missing bytes, the deadline and system errors are thrown.
    private func readPacket(into packet: Packet) throws(FFmpegError) -> Bool {
        do throws(FFmpegError) {
            return try demuxer.read(into: packet)
        } catch {
            guard error.code == .invalidData || error.code == .other else { throw error }
            return false
        }
    }
}
