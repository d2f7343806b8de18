import FFmpeg
import MediaModel

/// Decodes a sound from end to end in one pass: its exact length and its peaks.
struct AudioScanner {
    /// What was heard.
    struct Sound {
        /// In seconds: samples that are played over their rate.
        var duration: Double { earlier + (rate > 0 ? Double(samples) / Double(rate) : 0) }
        /// When its first packet is presented, in seconds, if it says so.
        fileprivate(set) var start: Double?
        /// The waveform in the making.
        var peaks: PeakAccumulator
        /// Whether the work was given up before the end.
        var isCutShort = false
        /// Seconds at other rates, and samples at the present one: whole numbers do not lose their last digits on the way.
        private var earlier = 0.0
        private var samples = 0
        /// Samples a second, as they were decoded last.
        private(set) var rate = 0
        /// Channels, as they were decoded last.
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
    /// When to give up and answer with what is known.
    let budget: Deadline

    /// Throws ``MediaError/Code/tooLong`` as soon as that is certain.
    func read() throws -> Sound {
        let decoder = try Decoder(
            demuxer, stream: stream.index, settings: DecoderSettings(maximumPixels: policy.maximumDecodedPixels))
        demuxer.select([stream.index])
        var sound = Sound(peaks: PeakAccumulator())
        var magnitudes: [Float] = []
        let packet = try Packet()
        let frame = try Frame()
        var isOpen = true
        while isOpen {
            if budget.hasPassed {
                sound.isCutShort = true
                break
            }
            isOpen = try readPacket(into: packet)
            guard !isOpen || packet.streamIndex == stream.index else { continue }
            if isOpen, sound.start == nil, let time = packet.presentationTime {
                sound.start = Double(time) * (stream.timeBase.value ?? 0)
            }
            do throws(FFmpegError) {
                try decoder.send(isOpen ? packet : nil)
                while try decoder.receive(into: frame) {
                    guard frame.sampleRate > 0 else { continue }
                    sound.add(samples: frame.sampleCount, rate: frame.sampleRate, channels: frame.channels)
                    try frame.magnitudes(into: &magnitudes)
                    sound.peaks.append(magnitudes)
                }
            } catch {
                // A damaged packet is a gap, not the end.
                guard error.code == .invalidData || error.code == .other else { throw error }
            }
            try policy.validateDuration(sound.duration, stated: demuxer.duration)
        }
        if sound.peaks.count == 0 && !sound.isCutShort {
            throw MediaError(.unreadable, "There is no sound in the file that can be decoded: export it again.")
        }
        return sound
    }

    // A container that breaks off in its middle ends there; only a hole, a deadline or the system stop the work.
    private func readPacket(into packet: Packet) throws(FFmpegError) -> Bool {
        do throws(FFmpegError) {
            return try demuxer.read(into: packet)
        } catch {
            guard error.code == .invalidData || error.code == .other else { throw error }
            return false
        }
    }
}
