import Testing

@testable import MediaWorker

@Suite("Peaks")
struct PeakAccumulatorTests {
    @Test("few moments are peaks of their own")
    func few() {
        var peaks = PeakAccumulator()
        peaks.append([0.1, 0.5, 0.2, 0.25])
        #expect(peaks.peaks(buckets: 4) == [0.2, 1, 0.4, 0.5])
        #expect(peaks.peaks(buckets: 2) == [1, 0.5])
        #expect(peaks.peaks(buckets: 8) == [0.2, 0.2, 1, 1, 0.4, 0.4, 0.5, 0.5])
    }

    @Test("nothing and silence are all zeros")
    func silence() {
        var peaks = PeakAccumulator()
        #expect(peaks.peaks(buckets: 3) == [0, 0, 0])
        peaks.append([Float](repeating: 0, count: 100_000))
        #expect(peaks.peaks(buckets: 3) == [0, 0, 0])
    }

    @Test("a long sound keeps its shape however its moments arrive", arguments: [1, 999, 65_536, 3_000_000])
    func long(chunk: Int) {
        let samples = (0..<3_000_000).map { Float($0) / 3_000_000 }
        var peaks = PeakAccumulator()
        for start in stride(from: 0, to: samples.count, by: chunk) {
            peaks.append(Array(samples[start..<min(start + chunk, samples.count)]))
        }
        #expect(peaks.count == 3_000_000)
        for (index, peak) in peaks.peaks(buckets: 64).enumerated() {
            #expect(abs(peak - Float(index + 1) / 64) < 0.001)
        }
    }
}
