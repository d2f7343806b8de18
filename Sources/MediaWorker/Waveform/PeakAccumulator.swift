/// Peaks of a stream of unknown length, in memory that does not grow: each fine bucket is the peak of `stride` moments;
/// when all are full, neighbours are merged and the stride doubles. At the end the fine buckets become as many as asked.
struct PeakAccumulator {
    private static let capacity = 1 << 16

    /// The full buckets are the first ``filled`` of these.
    private var fine = [Float](repeating: 0, count: capacity)
    private var filled = 0
    private var stride = 1
    private var open: Float = 0
    private var openCount = 0
    /// How many moments were added.
    private(set) var count = 0

    init() {}

    /// Adds the magnitudes of the next moments.
    mutating func append(_ magnitudes: [Float]) {
        count += magnitudes.count
        magnitudes.withUnsafeBufferPointer { magnitudes in
            guard var next = magnitudes.baseAddress else { return }
            let end = next + magnitudes.count
            while next < end {
                let left = end - next
                if openCount == 0 && left >= stride {
                    let buckets = min(left / stride, Self.capacity - filled)
                    fill(buckets, from: next)
                    next += buckets * stride
                } else {
                    let taken = min(stride - openCount, left)
                    for index in 0..<taken where next[index] > open { open = next[index] }
                    openCount += taken
                    next += taken
                    if openCount == stride { closeBucket() }
                }
                if filled == Self.capacity { halve() }
            }
        }
    }

    /// Fills whole buckets, some at once.
    private mutating func fill(_ buckets: Int, from moments: UnsafePointer<Float>) {
        let (start, stride) = (filled, stride)
        fine.withUnsafeMutableBufferPointer { fine in
            guard let target = fine.baseAddress.map({ $0 + start }) else { return }
            switch stride {
            case 1: target.update(from: moments, count: buckets)
            case 2: Self.merge(moments, into: target, count: buckets)
            case 4, 8:
                for bucket in 0..<buckets {
                    let first = moments + bucket * stride
                    target[bucket] = Self.loudest(Self.louder(Self.four(first), Self.four(first + stride - 4)))
                }
            default:
                for bucket in 0..<buckets {
                    var next = moments + bucket * stride
                    let end = next + stride
                    // Four at a time of each of four: none waits for the one before it.
                    var (a, b, c, d) = (Self.four(next), Self.four(next + 4), Self.four(next + 8), Self.four(next + 12))
                    next += 16
                    while next < end {
                        a = Self.louder(a, Self.four(next))
                        b = Self.louder(b, Self.four(next + 4))
                        c = Self.louder(c, Self.four(next + 8))
                        d = Self.louder(d, Self.four(next + 12))
                        next += 16
                    }
                    target[bucket] = Self.loudest(Self.louder(Self.louder(a, b), Self.louder(c, d)))
                }
            }
        }
        filled += buckets
    }

    // The standard library's `pointwiseMax` and `max()` go number by number, and so does every comparison of more numbers
    // than a register of the oldest processors holds: these are four.

    @inline(__always)
    private static func four(_ moments: UnsafePointer<Float>) -> SIMD4<Float> {
        UnsafeRawPointer(moments).loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    private static func louder(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
        a.replacing(with: b, where: b .> a)
    }

    @inline(__always)
    private static func loudest(_ four: SIMD4<Float>) -> Float {
        let two = louder(four, SIMD4(four.z, four.w, four.x, four.y))
        return two.x > two.y ? two.x : two.y
    }

    private mutating func closeBucket() {
        fine[filled] = open
        filled += 1
        open = 0
        openCount = 0
    }

    private mutating func halve() {
        fine.withUnsafeMutableBufferPointer { fine in
            guard let base = fine.baseAddress else { return }
            Self.merge(UnsafePointer(base), into: base, count: Self.capacity / 2)
        }
        filled = Self.capacity / 2
        stride *= 2
    }

    /// The louder of each two neighbours. May work in place.
    private static func merge(_ moments: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int) {
        for index in 0..<count {
            // Without checks for overflow, which would keep the compiler from making vectors of it.
            let (a, b) = (moments[index &* 2], moments[index &* 2 &+ 1])
            target[index] = a > b ? a : b
        }
    }

    /// `buckets` peaks over equal stretches of time, the loudest exactly 1; all 0 for silence.
    func peaks(buckets: Int) -> [Float] {
        let fine = self.fine.prefix(filled) + (openCount > 0 ? [open] : [])
        guard !fine.isEmpty else { return [Float](repeating: 0, count: buckets) }
        // In units of fine buckets, the last of which may be shorter.
        let length = Double(count) / Double(stride)
        let peaks = (0..<buckets).map { bucket in
            let first = min(Int(length * Double(bucket) / Double(buckets)), fine.count - 1)
            let end = min(Int((length * Double(bucket + 1) / Double(buckets)).rounded()), fine.count)
            return fine[first..<max(end, first + 1)].max() ?? 0
        }
        guard let loudest = peaks.max(), loudest > 0 else { return [Float](repeating: 0, count: buckets) }
        return peaks.map { min($0 / loudest, 1) }
    }
}
