/// Peaks of a stream of unknown length, in memory that does not grow: each fine bucket is the peak of `stride` moments;
/// when all are full, neighbours are merged and the stride doubles. At the end the fine buckets become as many as asked.
struct PeakAccumulator {
    private static let capacity = 1 << 16

    private var fine: [Float] = []
    private var stride = 1
    private var open: Float = 0
    private var openCount = 0
    /// How many moments were added.
    private(set) var count = 0

    init() { fine.reserveCapacity(Self.capacity) }

    /// Adds the magnitudes of the next moments.
    mutating func append(_ magnitudes: [Float]) {
        count += magnitudes.count
        magnitudes.withUnsafeBufferPointer { magnitudes in
            var position = 0
            while position < magnitudes.count {
                let end = min(position + stride - openCount, magnitudes.count)
                var peak = open
                for index in position..<end where magnitudes[index] > peak { peak = magnitudes[index] }
                openCount += end - position
                position = end
                open = peak
                if openCount == stride { closeBucket() }
            }
        }
    }

    private mutating func closeBucket() {
        fine.append(open)
        open = 0
        openCount = 0
        guard fine.count == Self.capacity else { return }
        for index in 0..<Self.capacity / 2 { fine[index] = max(fine[2 * index], fine[2 * index + 1]) }
        fine.removeLast(Self.capacity / 2)
        stride *= 2
    }

    /// `buckets` peaks over equal stretches of time, the loudest exactly 1; all 0 for silence.
    func peaks(buckets: Int) -> [Float] {
        let fine = openCount > 0 ? self.fine + [open] : self.fine
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
