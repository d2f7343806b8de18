import Bytes
import Concurrency
import FFmpeg
import MediaModel

/// The part of an upload that is kept for its inspection: all of a small file in memory, the needed ranges of a large ISO base media
/// file in a sparse memory file, and all of any other large file on disk.
struct Spool: Sendable {
    /// Legal transitions: whole → sparse or disk; sparse → disk; any → released.
    private enum Form {
        case whole(SpoolFile)
        case sparse(SpoolFile)
        case disk(SpoolFile)
        case released
    }

    private let settings: SpoolSettings
    private let mayBeSparse: Bool
    /// The maximum size that stays whole in memory, in bytes; less when the final size is unknown.
    private let wholeLimit: Int
    private var form: Form
    private var walker: BoxWalker?
    /// The ranges that the walker keeps.
    private var kept = KeptRanges()
    /// `nil` where nothing is in memory.
    private var reservation: MemoryReservation?
    /// How many bytes were received.
    private(set) var size = 0

    /// Creates a spool for a file of format `container`.
    /// - Parameter mayBeSparse: whether the first seconds suffice for an inspection, as they do for video and never for audio.
    /// - Throws: ``MediaError/Code/outOfResources`` or ``MediaError/Code/storage``.
    init(
        _ settings: SpoolSettings, container: MediaFormat, declaredLength: Int?, mayBeSparse: Bool
    ) async throws(MediaError) {
        self.settings = settings
        self.mayBeSparse = mayBeSparse && container.isBaseMedia
        walker = container.isBaseMedia ? BoxWalker(limits: settings.boxes) : nil
        wholeLimit = declaredLength == nil ? settings.memoryLimit / 4 : settings.memoryLimit
        let isSmall = declaredLength ?? 0 <= settings.memoryLimit
        guard isSmall || self.mayBeSparse else {
            form = .disk(try await Self.diskFile(settings))
            return
        }
        reservation = settings.budget.reservation()
        let file = try SpoolFile.inMemory(holding: reservation, closedOn: settings.threads)
        form = isSmall ? .whole(file) : .sparse(file)
    }

    /// Whether the index of an ISO base media file has arrived.
    var hasIndex: Bool { walker?.hasIndex ?? false }

    /// Whether some samples are described outside the index.
    var isFragmented: Bool { walker?.isFragmented ?? false }

    /// Whether enough has arrived to validate the file, although more may follow.
    var hasFirstSeconds: Bool {
        guard let walker, walker.hasIndex, !walker.isFragmented else { return false }
        return walker.isIndexLate || walker.mediaBytes >= settings.firstAttempt || isSettled
    }

    /// Whether nothing more will be kept.
    var isSettled: Bool {
        guard case .sparse = form, let walker else { return false }
        return walker.hasIndex && walker.hasHoles
    }

    /// The kept ranges; `nil` when everything that has arrived is kept.
    var present: [Range<Int>]? {
        if case .sparse = form { return kept.ranges }
        return nil
    }

    /// The file with the kept ranges; `nil` after ``release()``.
    var descriptor: OwnedDescriptor? {
        switch form {
        case .whole(let file), .sparse(let file), .disk(let file): file.descriptor
        case .released: nil
        }
    }

    /// Keeps what is needed of the next bytes. Waits for a while when the memory that all spools share is used up.
    /// - Throws: ``MediaError/Code/outOfResources``, ``MediaError/Code/storage``, ``MediaError/Code/unreadable`` for a file of too
    ///   many boxes, or ``MediaError/Code/internal`` when the task is cancelled.
    mutating func append(_ chunk: ByteChunk) async throws(MediaError) {
        let walked = chunk.withUnsafeBytes { walker?.receive($0) } ?? []
        if case .released = form {
            size += chunk.count
            return
        }
        for range in walked { kept.append(range) }
        try await changeForm(for: chunk)
        try await reserveMemory(for: chunk)
        switch form {
        case .whole(let file): try file.write(chunk, at: size)
        case .sparse(let file):
            let offset = size
            @Sendable func write() throws(MediaError) {
                for range in walked {
                    try file.write(chunk[range.lowerBound - offset..<range.upperBound - offset], at: range.lowerBound)
                }
            }
            if reservation != nil {
                try write()
            } else {
                // It was moved to disk.
                try await settings.threads.run { () throws(MediaError) in try write() }
            }
        case .disk(let file):
            let offset = size
            try await settings.threads.run { () throws(MediaError) in
                try file.write(chunk, at: offset)
            }
        case .released: break
        }
        size += chunk.count
    }

    /// The bytes at `range`, all of which must be kept: for a writer that is opened late.
    /// - Throws: ``MediaError/Code/incomplete`` where a part is not kept, or ``MediaError/Code/internal``.
    func chunk(_ range: Range<Int>) throws(MediaError) -> ByteChunk {
        guard let descriptor else { throw MediaError(.internal, "The spool was released too early.") }
        let source = ByteSource(descriptor: descriptor, size: size, present: present)
        do throws(FFmpegError) {
            return ByteChunk(try source.bytes(range))
        } catch {
            throw MediaError(error)
        }
    }

    /// Discards what was kept; further bytes are only counted.
    mutating func release() {
        form = .released
        kept = KeptRanges()
        reservation = nil
    }

    private mutating func changeForm(for chunk: ByteChunk) async throws(MediaError) {
        if case .whole(let file) = form, size + chunk.count > wholeLimit {
            if mayBeSparse, !isFragmented {
                let sparse = try SpoolFile.inMemory(holding: reservation, closedOn: settings.threads)
                try sparse.copy(kept.ranges.map { $0.clamped(to: 0..<size) }, of: source(file))
                form = .sparse(sparse)
                reservation?.reduce(to: kept.memory)
            } else {
                try await moveToDisk(file)
            }
        }
        if case .sparse(let file) = form, isFragmented, kept.covers(size) { try await moveToDisk(file) }
    }

    /// Reserves memory for the next bytes. When none becomes free in time, because other clients are slow, the file is moved to
    /// disk.
    private mutating func reserveMemory(for chunk: ByteChunk) async throws(MediaError) {
        switch form {
        case .whole(let file):
            guard let reservation, try await !reservation.raise(to: size + chunk.count, within: settings.memoryTimeout)
            else {
                return
            }
            try await moveToDisk(file)
        case .sparse(let file):
            guard kept.memory <= settings.sparseLimit else {
                throw MediaError(.unreadable, "The file consists of too many small boxes: export it again.")
            }
            guard let reservation, try await !reservation.raise(to: kept.memory, within: settings.memoryTimeout) else {
                return
            }
            let disk = try await Self.diskFile(settings)
            let (source, ranges) = (source(file), kept.ranges.map { [size] in $0.clamped(to: 0..<size) })
            try await settings.threads.run { () throws(MediaError) in try disk.copy(ranges, of: source) }
            form = .sparse(disk)
            self.reservation = nil
        case .disk, .released: break
        }
    }

    private mutating func moveToDisk(_ file: SpoolFile) async throws(MediaError) {
        let disk = try await Self.diskFile(settings)
        let source = source(file)
        try await settings.threads.run { () throws(MediaError) in try disk.copy([0..<source.size], of: source) }
        form = .disk(disk)
        reservation = nil
    }

    private func source(_ file: SpoolFile) -> ByteSource { ByteSource(descriptor: file.descriptor, size: size) }

    private static func diskFile(_ settings: SpoolSettings) async throws(MediaError) -> SpoolFile {
        try await settings.threads.run { () throws(MediaError) in
            try SpoolFile.onDisk(settings.directory, threads: settings.threads)
        }
    }
}
