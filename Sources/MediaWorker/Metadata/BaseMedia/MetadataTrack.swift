/// The sample tables of a track that is removed, and where they say that its samples are (ISO/IEC 14496-12, 8.7).
struct MetadataTrack {
    /// The maximum number of samples and of chunks.
    private static let maximumSamples = 262_144

    var identifier: Int?
    /// Whether a table was too large to be read.
    var isIncomplete = false
    /// The type of the table that is received next.
    var next = ""
    private var tables: [String: [UInt8]] = [:]

    /// Adds the content of a table.
    mutating func add(_ content: [UInt8]) { tables[next] = content }

    /// Where the samples are, in the order of the table; `nil` where the tables are not complete.
    func ranges() -> [Range<Int>]? {
        guard !isIncomplete, let chunks = chunks() else { return nil }
        if chunks.isEmpty { return [] }
        guard let sizes = sizes(), let runs = tables["stsc"], let count = runs.bigEndian(4, 4) else { return nil }
        var (ranges, sample, run, perChunk): ([Range<Int>], Int, Int, Int) = ([], 0, 0, 0)
        for (number, start) in chunks.enumerated() {
            if run < count, let first = runs.bigEndian(8 + 12 * run, 4), first == number + 1 {
                perChunk = runs.bigEndian(12 + 12 * run, 4) ?? 0
                run += 1
            }
            guard perChunk <= sizes.count - sample else { return nil }
            let length = sizes[sample..<sample + perChunk].reduce(0, +)
            sample += perChunk
            let (end, overflow) = start.addingReportingOverflow(length)
            guard !overflow else { return nil }
            if start < end { ranges.append(start..<end) }
        }
        return sample == sizes.count ? ranges : nil
    }

    private func chunks() -> [Int]? {
        let (table, width) = tables["stco"].map { ($0, 4) } ?? (tables["co64"] ?? [], 8)
        guard let count = table.bigEndian(4, 4), count <= Self.maximumSamples, table.count >= 8 + count * width else {
            return nil
        }
        let chunks = (0..<count).compactMap { table.bigEndian(8 + $0 * width, width) }
        return chunks.count == count ? chunks : nil
    }

    private func sizes() -> [Int]? {
        guard let table = tables["stsz"], let size = table.bigEndian(4, 4), let count = table.bigEndian(8, 4),
            count <= Self.maximumSamples
        else { return nil }
        if size > 0 { return [Int](repeating: size, count: count) }
        guard table.count >= 12 + 4 * count else { return nil }
        return (0..<count).compactMap { table.bigEndian(12 + 4 * $0, 4) }
    }
}
