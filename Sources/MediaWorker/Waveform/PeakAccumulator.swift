/// Computes the peaks of a stream of unknown length in constant memory: each fine bucket is the peak of `stride` samples; when all
/// are full, neighbours are merged and the stride doubles. At the end they are reduced to the requested number.
struct PeakAccumulator {
    private static let capacity = 1 << 16

    /// The fine buckets, of which the first ``filled`` are complete.
    private var bucketPeaks = [Float](repeating: 0, count: capacity)
    private var filled = 0
    private var stride = 1
    private var open: Float = 0
    private var openCount = 0
    /// How many samples were added.
    private(set) var count = 0

    init() {}

    /// Adds the magnitudes of the next samples.
    mutating func append(_ magnitudes: [Float]) {
        count += magnitudes.count
        magnitudes.withUnsafeBufferPointer { magnitudes in
            guard var next = magnitudes.baseAddress else { return }
            let end = next + magnitudes.count
            while next < end {
                let remaining = end - next
                if openCount == 0 && remaining >= stride {
                    let buckets = min(remaining / stride, Self.capacity - filled)
                    fill(buckets, from: next)
                    next += buckets * stride
                } else {
                    let added = min(stride - openCount, remaining)
                    for index in 0..<added where next[index] > open { open = next[index] }
                    openCount += added
                    next += added
                    if openCount == stride { closeBucket() }
                }
                if filled == Self.capacity { halve() }
            }
        }
    }

    /// Fills complete buckets, several at once.
    private mutating func fill(_ buckets: Int, from samples: UnsafePointer<Float>) {
        let (start, stride) = (filled, stride)
        bucketPeaks.withUnsafeMutableBufferPointer { bucketPeaks in
            guard let target = bucketPeaks.baseAddress.map({ $0 + start }) else { return }
            switch stride {
            case 1: target.update(from: samples, count: buckets)
            case 2: Self.merge(samples, into: target, count: buckets)
            case 4, 8:
                for bucket in 0..<buckets {
                    let first = samples + bucket * stride
                    target[bucket] = Self.loudest(
                        Self.maximumMagnitudes(Self.four(first), Self.four(first + stride - 4)))
                }
            default:
                for bucket in 0..<buckets {
                    var next = samples + bucket * stride
                    let end = next + stride
                    // Four independent accumulators: none depends on the result of another.
                    var (a, b, c, d) = (Self.four(next), Self.four(next + 4), Self.four(next + 8), Self.four(next + 12))
                    next += 16
                    while next < end {
                        a = Self.maximumMagnitudes(a, Self.four(next))
                        b = Self.maximumMagnitudes(b, Self.four(next + 4))
                        c = Self.maximumMagnitudes(c, Self.four(next + 8))
                        d = Self.maximumMagnitudes(d, Self.four(next + 12))
                        next += 16
                    }
                    target[bucket] = Self.loudest(
                        Self.maximumMagnitudes(Self.maximumMagnitudes(a, b), Self.maximumMagnitudes(c, d)))
                }
            }
        }
        filled += buckets
    }

    // `pointwiseMax` and `max()` of the standard library are not vectorised, nor are comparisons of vectors wider than the
    // registers of the oldest supported processors: four numbers.

    @inline(__always)
    private static func four(_ samples: UnsafePointer<Float>) -> SIMD4<Float> {
        UnsafeRawPointer(samples).loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    private static func maximumMagnitudes(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
        a.replacing(with: b, where: b .> a)
    }

    @inline(__always)
    private static func loudest(_ four: SIMD4<Float>) -> Float {
        let two = maximumMagnitudes(four, SIMD4(four.z, four.w, four.x, four.y))
        return two.x > two.y ? two.x : two.y
    }

    private mutating func closeBucket() {
        bucketPeaks[filled] = open
        filled += 1
        open = 0
        openCount = 0
    }

    private mutating func halve() {
        bucketPeaks.withUnsafeMutableBufferPointer { bucketPeaks in
            guard let base = bucketPeaks.baseAddress else { return }
            Self.merge(UnsafePointer(base), into: base, count: Self.capacity / 2)
        }
        filled = Self.capacity / 2
        stride *= 2
    }

    /// Stores the larger of each two neighbours in `target`, which may be the source.
    private static func merge(_ samples: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int) {
        for index in 0..<count {
            // Without overflow checks, which prevent vectorisation.
            let (a, b) = (samples[index &* 2], samples[index &* 2 &+ 1])
            target[index] = a > b ? a : b
        }
    }

    /// The peaks of `buckets` equal intervals, the loudest exactly 1; all 0 for silence.
    func peaks(buckets: Int) -> [Float] {
        let bucketPeaks = self.bucketPeaks.prefix(filled) + (openCount > 0 ? [open] : [])
        guard !bucketPeaks.isEmpty else { return [Float](repeating: 0, count: buckets) }
        // The length in fine buckets, the last of which may be incomplete.
        let length = Double(count) / Double(stride)
        let peaks = (0..<buckets).map { bucket in
            let first = min(Int(length * Double(bucket) / Double(buckets)), bucketPeaks.count - 1)
            let end = min(Int((length * Double(bucket + 1) / Double(buckets)).rounded()), bucketPeaks.count)
            return bucketPeaks[first..<max(end, first + 1)].max() ?? 0
        }
        guard let loudest = peaks.max(), loudest > 0 else { return [Float](repeating: 0, count: buckets) }
        return peaks.map { min($0 / loudest, 1) }
    }
}
