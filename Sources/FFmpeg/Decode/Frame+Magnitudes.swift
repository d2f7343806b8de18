import CFFmpeg

extension Frame {
    /// Replaces the content of `magnitudes` with one value for each audio sample: the magnitude in the loudest channel, in units
    /// of full scale.
    /// - Throws: ``FFmpegError/Code/unsupported`` for an unknown sample format.
    public func magnitudes(into magnitudes: inout [Float]) throws(FFmpegError) {
        if magnitudes.count != sampleCount { magnitudes = [Float](repeating: 0, count: sampleCount) }
        let format = AVSampleFormat(frame.pointee.format)
        switch av_get_packed_sample_fmt(format) {
        case AV_SAMPLE_FMT_U8: update(&magnitudes) { (sample: UInt8) in (Float(sample) - 128) / 128 }
        case AV_SAMPLE_FMT_S16: update(&magnitudes) { (sample: Int16) in Float(sample) / 32768 }
        case AV_SAMPLE_FMT_S32: update(&magnitudes) { (sample: Int32) in Float(sample) / 2_147_483_648 }
        case AV_SAMPLE_FMT_FLT: update(&magnitudes) { (sample: Float) in Self.limited(sample) }
        case AV_SAMPLE_FMT_DBL: update(&magnitudes) { (sample: Double) in Self.limited(Float(sample)) }
        default: throw FFmpegError(.unsupported, "audio samples of an unknown format")
        }
    }

    /// Floating-point samples reach 1 by convention, and 32,768 in files of some editors. Infinite and larger samples count as
    /// full scale: otherwise everything else would be normalised to silence.
    private static let maximumLevel: Float = 65_536

    @inline(__always)
    private static func limited(_ sample: Float) -> Float { sample.magnitude > maximumLevel ? 1 : sample }

    @inline(__always)
    private func update<Sample>(_ magnitudes: inout [Float], _ value: (Sample) -> Float) {
        let channels = Int(frame.pointee.ch_layout.nb_channels)
        let isPlanar = av_sample_fmt_is_planar(AVSampleFormat(frame.pointee.format)) != 0
        let count = sampleCount
        magnitudes.withUnsafeMutableBufferPointer { magnitudes in
            guard let target = magnitudes.baseAddress else { return }
            var isFirst = true
            for channel in 0..<channels {
                guard let plane = frame.pointee.extended_data[isPlanar ? channel : 0] else { continue }
                let stride = isPlanar ? 1 : channels
                plane.withMemoryRebound(to: Sample.self, capacity: count * stride) { samples in
                    let source = samples + (isPlanar ? 0 : channel)
                    // Separate loops: the compiler vectorises those without a stride.
                    if isFirst && stride == 1 {
                        for index in 0..<count { target[index] = maximumMagnitude(value(source[index]), 0) }
                    } else if isFirst {
                        for index in 0..<count { target[index] = maximumMagnitude(value(source[index * stride]), 0) }
                    } else if stride == 1 {
                        for index in 0..<count { target[index] = maximumMagnitude(value(source[index]), target[index]) }
                    } else {
                        for index in 0..<count {
                            target[index] = maximumMagnitude(value(source[index * stride]), target[index])
                        }
                    }
                }
                isFirst = false
            }
            if isFirst { target.update(repeating: 0, count: count) }
        }
    }

    /// The larger of the sample's magnitude and `magnitude`; never NaN.
    @inline(__always)
    private func maximumMagnitude(_ sample: Float, _ magnitude: Float) -> Float {
        let other = sample.magnitude
        return other > magnitude ? other : magnitude
    }
}
