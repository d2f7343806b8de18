import Bytes
import FFmpeg
import Threads

/// What is kept of an upload for its inspection: all of a small file in memory, the telling parts of a large ISO base
/// media file in a sparse memory file, and all of any other large file on disk.
struct Spool: Sendable {
    private enum Form {
        case whole, sparse, disk
    }

    private let settings: SpoolSettings
    private let mayBeSparse: Bool
    private var file: SpoolFile
    private var form: Form
    private var walker: BoxWalker?
    /// What the walker would keep.
    private var kept: [Range<Int>] = []
    /// How many bytes were received.
    private(set) var size = 0

    /// A spool for a file of format `container`.
    /// - Parameter mayBeSparse: whether the first seconds suffice, as they do for a video and never for a sound.
    init(
        _ settings: SpoolSettings, container: Container, declaredLength: Int?, mayBeSparse: Bool
    ) async throws(MediaError) {
        self.settings = settings
        self.mayBeSparse = mayBeSparse && container.isBaseMedia
        walker = container.isBaseMedia ? BoxWalker(limits: settings.boxes) : nil
        if declaredLength ?? 0 <= settings.memoryLimit {
            form = .whole
            file = try .inMemory()
        } else if self.mayBeSparse {
            form = .sparse
            file = try .inMemory()
        } else {
            form = .disk
            file = try await Self.diskFile(settings)
        }
        wholeLimit = declaredLength == nil ? settings.memoryLimit / 4 : settings.memoryLimit
    }

    /// The most bytes that stay whole in memory; less when nobody knows how many will come.
    private let wholeLimit: Int

    /// Whether an ISO base media file's index has arrived.
    var hasIndex: Bool { walker?.hasIndex ?? false }

    /// Whether nothing more of the first seconds will be kept: what can be made of them can be made now.
    var isSettled: Bool { form == .sparse && walker?.isSettled ?? false }

    /// The bytes that are there; `nil` when all of them are.
    var present: [Range<Int>]? { form == .sparse ? kept : nil }

    /// What an inspection can read by now.
    var source: ByteSource { ByteSource(descriptor: file.descriptor, size: size, present: present) }

    /// The descriptor of what is kept.
    var descriptor: OwnedDescriptor { file.descriptor }

    /// Keeps what is needed of the next bytes.
    mutating func append(_ chunk: ByteChunk) async throws(MediaError) {
        let walked = chunk.withUnsafeBytes { walker?.receive($0) } ?? []
        for range in walked { merge(range) }
        if form == .whole && size + chunk.count > wholeLimit { try await outgrow() }
        if form == .sparse, walker?.isFragmented == true, covered(size) { try await moveToDisk() }
        switch form {
        case .whole:
            try file.write(chunk, at: size)
        case .sparse:
            for range in walked {
                try file.write(chunk[range.lowerBound - size..<range.upperBound - size], at: range.lowerBound)
            }
        case .disk:
            let (file, offset) = (file, size)
            try await settings.threads.run { () throws(MediaError) in
                try file.write(chunk, at: offset)
            }
        }
        size += chunk.count
    }

    /// The bytes at `range`, for a writer that comes late. They must all be there.
    func chunk(_ range: Range<Int>) throws(MediaError) -> ByteChunk {
        do throws(FFmpegError) {
            return ByteChunk(try source.bytes(range))
        } catch {
            throw MediaError(error)
        }
    }

    private mutating func merge(_ range: Range<Int>) {
        if let last = kept.last, last.upperBound == range.lowerBound {
            kept[kept.count - 1] = last.lowerBound..<range.upperBound
        } else {
            kept.append(range)
        }
    }

    /// Whether every byte up to `end` is kept.
    private func covered(_ end: Int) -> Bool { kept.first.map { $0.lowerBound == 0 && $0.upperBound >= end } ?? false }

    private mutating func outgrow() async throws(MediaError) {
        guard mayBeSparse, let walker, !walker.isFragmented else { return try await moveToDisk() }
        let sparse = try SpoolFile.inMemory()
        try sparse.copy(kept.map { $0.clamped(to: 0..<size) }, of: source)
        file = sparse
        form = .sparse
    }

    private mutating func moveToDisk() async throws(MediaError) {
        let disk = try await Self.diskFile(settings)
        let source = ByteSource(descriptor: file.descriptor, size: size)
        try await settings.threads.run { () throws(MediaError) in try disk.copy([0..<source.size], of: source) }
        file = disk
        form = .disk
    }

    private static func diskFile(_ settings: SpoolSettings) async throws(MediaError) -> SpoolFile {
        try await settings.threads.run { () throws(MediaError) in
            try SpoolFile.onDisk(settings.directory, threads: settings.threads)
        }
    }
}
