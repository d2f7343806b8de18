import Bytes
import Concurrency
import FFmpeg
import MediaModel

/// What is kept of an upload for its inspection: all of a small file in memory, the telling parts of a large ISO base
/// media file in a sparse memory file, and all of any other large file on disk.
struct Spool: Sendable {
    private enum Form {
        case whole(SpoolFile)
        case sparse(SpoolFile)
        case disk(SpoolFile)
        case released
    }

    private let settings: SpoolSettings
    private let mayBeSparse: Bool
    /// The most bytes that stay whole in memory; less when nobody knows how many will come.
    private let wholeLimit: Int
    private var form: Form
    private var walker: BoxWalker?
    /// What the walker would keep.
    private var kept = KeptRanges()
    /// `nil` where nothing is in memory.
    private var account: MemoryReservation?
    /// How many bytes were received.
    private(set) var size = 0

    /// A spool for a file of format `container`.
    /// - Parameter mayBeSparse: whether the first seconds suffice, as they do for a video and never for a sound.
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
        account = settings.budget.account()
        let file = try SpoolFile.inMemory(countedIn: account, closedOn: settings.threads)
        form = isSmall ? .whole(file) : .sparse(file)
    }

    /// Whether an ISO base media file's index has arrived.
    var hasIndex: Bool { walker?.hasIndex ?? false }

    /// Whether a part of the samples is described outside of the index.
    var isFragmented: Bool { walker?.isFragmented ?? false }

    /// Whether there is enough to judge the file by, although its rest may still be to come.
    var hasFirstSeconds: Bool {
        guard let walker, walker.hasIndex, !walker.isFragmented else { return false }
        return walker.isIndexLate || walker.mediaBytes >= settings.firstAttempt || isSettled
    }

    /// Whether nothing more of the first seconds will be kept.
    var isSettled: Bool {
        guard case .sparse = form, let walker else { return false }
        return walker.hasIndex && walker.hasHoles
    }

    /// The bytes that are there; `nil` when all that have arrived are.
    var present: [Range<Int>]? {
        if case .sparse = form { return kept.ranges }
        return nil
    }

    /// The file with what is kept; `nil` once it was let go.
    var descriptor: OwnedDescriptor? {
        switch form {
        case .whole(let file), .sparse(let file), .disk(let file): file.descriptor
        case .released: nil
        }
    }

    /// Keeps what is needed of the next bytes. Waits a while where the memory that all spools share is used up.
    mutating func append(_ chunk: ByteChunk) async throws(MediaError) {
        let walked = chunk.withUnsafeBytes { walker?.receive($0) } ?? []
        if case .released = form {
            size += chunk.count
            return
        }
        for range in walked { kept.append(range) }
        try await changeForm(for: chunk)
        try await takeMemory(for: chunk)
        switch form {
        case .whole(let file): try file.write(chunk, at: size)
        case .sparse(let file):
            let offset = size
            @Sendable func write() throws(MediaError) {
                for range in walked {
                    try file.write(chunk[range.lowerBound - offset..<range.upperBound - offset], at: range.lowerBound)
                }
            }
            if account != nil {
                try write()
            } else {
                // It went to the disk.
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

    /// The bytes at `range`, for a writer that comes late. They must all be there.
    func chunk(_ range: Range<Int>) throws(MediaError) -> ByteChunk {
        guard let descriptor else { throw MediaError(.internal, "The spool was let go too early.") }
        let source = ByteSource(descriptor: descriptor, size: size, present: present)
        do throws(FFmpegError) {
            return ByteChunk(try source.bytes(range))
        } catch {
            throw MediaError(error)
        }
    }

    /// Lets go of what was kept; what follows is counted and no more.
    mutating func release() {
        form = .released
        kept = KeptRanges()
        account = nil
    }

    private mutating func changeForm(for chunk: ByteChunk) async throws(MediaError) {
        if case .whole(let file) = form, size + chunk.count > wholeLimit {
            if mayBeSparse, !isFragmented {
                let sparse = try SpoolFile.inMemory(countedIn: account, closedOn: settings.threads)
                try sparse.copy(kept.ranges.map { $0.clamped(to: 0..<size) }, of: source(file))
                form = .sparse(sparse)
                account?.reduce(to: kept.memory)
            } else {
                try await moveToDisk(file)
            }
        }
        if case .sparse(let file) = form, isFragmented, kept.covers(size) { try await moveToDisk(file) }
    }

    /// Takes the memory for the next bytes. Where there is none for long, because the clients of those who have it are slow,
    /// the disk takes its place.
    private mutating func takeMemory(for chunk: ByteChunk) async throws(MediaError) {
        switch form {
        case .whole(let file):
            guard let account, try await !account.raise(to: size + chunk.count, within: settings.patience) else {
                return
            }
            try await moveToDisk(file)
        case .sparse(let file):
            guard kept.memory <= settings.sparseLimit else {
                throw MediaError(.unreadable, "The file is cut into too many small pieces: export it again.")
            }
            guard let account, try await !account.raise(to: kept.memory, within: settings.patience) else { return }
            let disk = try await Self.diskFile(settings)
            let (source, ranges) = (source(file), kept.ranges.map { [size] in $0.clamped(to: 0..<size) })
            try await settings.threads.run { () throws(MediaError) in try disk.copy(ranges, of: source) }
            form = .sparse(disk)
            self.account = nil
        case .disk, .released: break
        }
    }

    private mutating func moveToDisk(_ file: SpoolFile) async throws(MediaError) {
        let disk = try await Self.diskFile(settings)
        let source = source(file)
        try await settings.threads.run { () throws(MediaError) in try disk.copy([0..<source.size], of: source) }
        form = .disk(disk)
        account = nil
    }

    private func source(_ file: SpoolFile) -> ByteSource { ByteSource(descriptor: file.descriptor, size: size) }

    private static func diskFile(_ settings: SpoolSettings) async throws(MediaError) -> SpoolFile {
        try await settings.threads.run { () throws(MediaError) in
            try SpoolFile.onDisk(settings.directory, threads: settings.threads)
        }
    }
}
