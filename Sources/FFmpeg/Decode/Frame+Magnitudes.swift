import CFFmpeg

extension Frame {
    /// Replaces the content of `magnitudes` with one value for each moment of audio: the loudest channel's distance from
    /// silence, in units of full scale.
    public func magnitudes(into magnitudes: inout [Float]) throws(FFmpegError) {
        magnitudes.removeAll(keepingCapacity: true)
        magnitudes.append(contentsOf: repeatElement(0, count: sampleCount))
        let format = AVSampleFormat(frame.pointee.format)
        switch av_get_packed_sample_fmt(format) {
        case AV_SAMPLE_FMT_U8: raise(&magnitudes) { (sample: UInt8) in (Float(sample) - 128) / 128 }
        case AV_SAMPLE_FMT_S16: raise(&magnitudes) { (sample: Int16) in Float(sample) / 32768 }
        case AV_SAMPLE_FMT_S32: raise(&magnitudes) { (sample: Int32) in Float(sample) / 2_147_483_648 }
        case AV_SAMPLE_FMT_FLT: raise(&magnitudes) { (sample: Float) in sample }
        case AV_SAMPLE_FMT_DBL: raise(&magnitudes) { (sample: Double) in Float(sample) }
        default: throw FFmpegError(.unsupported, "audio samples of an unknown format")
        }
    }

    @inline(__always)
    private func raise<Sample>(_ magnitudes: inout [Float], _ value: (Sample) -> Float) {
        let channels = Int(frame.pointee.ch_layout.nb_channels)
        let isPlanar = av_sample_fmt_is_planar(AVSampleFormat(frame.pointee.format)) != 0
        let count = sampleCount
        magnitudes.withUnsafeMutableBufferPointer { magnitudes in
            for channel in 0..<channels {
                guard let plane = frame.pointee.extended_data[isPlanar ? channel : 0] else { continue }
                let stride = isPlanar ? 1 : channels
                plane.withMemoryRebound(to: Sample.self, capacity: count * stride) { samples in
                    var position = isPlanar ? 0 : channel
                    for index in 0..<count {
                        let magnitude = abs(value(samples[position]))
                        // False for a sample that is not a number.
                        if magnitude > magnitudes[index] { magnitudes[index] = magnitude }
                        position += stride
                    }
                }
            }
        }
    }
}
