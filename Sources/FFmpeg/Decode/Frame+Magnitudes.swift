import CFFmpeg

extension Frame {
    /// Replaces the content of `magnitudes` with one value for each moment of audio: the loudest channel's distance from
    /// silence, in units of full scale.
    public func magnitudes(into magnitudes: inout [Float]) throws(FFmpegError) {
        if magnitudes.count != sampleCount { magnitudes = [Float](repeating: 0, count: sampleCount) }
        let format = AVSampleFormat(frame.pointee.format)
        switch av_get_packed_sample_fmt(format) {
        case AV_SAMPLE_FMT_U8: raise(&magnitudes) { (sample: UInt8) in (Float(sample) - 128) / 128 }
        case AV_SAMPLE_FMT_S16: raise(&magnitudes) { (sample: Int16) in Float(sample) / 32768 }
        case AV_SAMPLE_FMT_S32: raise(&magnitudes) { (sample: Int32) in Float(sample) / 2_147_483_648 }
        case AV_SAMPLE_FMT_FLT: raise(&magnitudes) { (sample: Float) in Self.played(sample) }
        case AV_SAMPLE_FMT_DBL: raise(&magnitudes) { (sample: Double) in Self.played(Float(sample)) }
        default: throw FFmpegError(.unsupported, "audio samples of an unknown format")
        }
    }

    /// Samples of floating point go to 1 by convention, and to 32,768 in files of some editors. What is infinite or beyond
    /// any level is played as loud as can be, and must not make silence of all the rest.
    private static let loudestLevel: Float = 65_536

    @inline(__always)
    private static func played(_ sample: Float) -> Float { sample.magnitude > loudestLevel ? 1 : sample }

    @inline(__always)
    private func raise<Sample>(_ magnitudes: inout [Float], _ value: (Sample) -> Float) {
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
                    // A loop for each case: without a stride the compiler makes vectors of it.
                    if isFirst && stride == 1 {
                        for index in 0..<count { target[index] = louder(value(source[index]), 0) }
                    } else if isFirst {
                        for index in 0..<count { target[index] = louder(value(source[index * stride]), 0) }
                    } else if stride == 1 {
                        for index in 0..<count { target[index] = louder(value(source[index]), target[index]) }
                    } else {
                        for index in 0..<count { target[index] = louder(value(source[index * stride]), target[index]) }
                    }
                }
                isFirst = false
            }
            if isFirst { target.update(repeating: 0, count: count) }
        }
    }

    /// The sample's distance from silence where that is larger; never anything that is not a number.
    @inline(__always)
    private func louder(_ sample: Float, _ magnitude: Float) -> Float {
        let other = sample.magnitude
        return other > magnitude ? other : magnitude
    }
}
