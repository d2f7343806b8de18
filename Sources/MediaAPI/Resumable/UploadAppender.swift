import Bytes
import ChatBridge
import MediaModel
import MediaWorker
import ObjectStore

/// Appends the bytes of one request to an upload. Each part is stored as soon as it is full, and what is behind the last one as
/// a piece of its own when the request ends. The record of the upload says of bytes that they have arrived once they are stored.
struct UploadAppender {
    /// Pieces beyond this number are joined, so that few have to be read for a part.
    private static let maximumPieces = 16
    /// How much of a request is kept in memory, in bytes, where the memory that parts share is used up. More is stored as a piece.
    static let smallBuffer = PartwiseWrite.partSize / maximumPieces

    /// As it is recorded.
    private(set) var upload: ResumableUpload
    private let files: UploadFiles
    private let memory: MemoryReservation
    /// Records the upload and returns it with its new version.
    private let record: @Sendable (ResumableUpload) async throws -> ResumableUpload
    /// Checks the first bytes; called once.
    private let checkHead: @Sendable (_ head: [UInt8]) throws -> Void

    /// With what is not recorded yet.
    private var content: ResumableUpload.Content
    private var buffer: [UInt8] = []
    /// Pieces that are part of larger ones, and are deleted once that is recorded.
    private var obsolete: [ResumableUpload.Piece] = []
    private var isHeadChecked: Bool

    init(
        _ upload: ResumableUpload, files: UploadFiles, memory: MemoryReservation,
        checkHead: @escaping @Sendable (_ head: [UInt8]) throws -> Void,
        record: @escaping @Sendable (ResumableUpload) async throws -> ResumableUpload
    ) {
        self.upload = upload
        self.files = files
        self.memory = memory
        self.checkHead = checkHead
        self.record = record
        content = upload.content
        isHeadChecked = upload.content.offset >= MediaPolicy.headBytes
    }

    /// How many bytes have arrived, those included that are not stored yet.
    var offset: Int { content.offset + buffer.count }

    private var tailSize: Int { content.tail.reduce(0) { $0 + $1.size } }

    /// Appends `chunk`.
    /// - Throws: what checking the first bytes throws; errors of the stores; ``APIError`` `uploadLocked`.
    mutating func append(_ chunk: ByteChunk) async throws {
        var rest = chunk
        while !rest.isEmpty {
            let count = room(for: min(rest.count, PartwiseWrite.partSize - tailSize - buffer.count))
            guard count > 0 else {
                try await writePiece()
                try await recordContent()
                continue
            }
            rest[0..<count].withUnsafeBytes { buffer.append(contentsOf: $0) }
            rest = rest[count..<rest.count]
            if offset >= MediaPolicy.headBytes { try await checkHeadOnce() }
            if tailSize + buffer.count == PartwiseWrite.partSize { try await writePart() }
        }
    }

    /// Stores and records everything that was appended.
    /// - Throws: as ``append(_:)``.
    mutating func finish() async throws {
        if offset == content.length { try await checkHeadOnce() }
        if !buffer.isEmpty {
            if offset == content.length { try await writePart() } else { try await writePiece() }
        }
        try await recordContent()
    }

    /// How many of `count` further bytes the buffer may take.
    private func room(for count: Int) -> Int {
        let size = buffer.count + count
        guard size > Self.smallBuffer, !memory.raiseNow(to: size) else { return count }
        return max(Self.smallBuffer - buffer.count, 0)
    }

    private mutating func checkHeadOnce() async throws {
        guard !isHeadChecked else { return }
        isHeadChecked = true
        guard content.parts.isEmpty else { return }
        try checkHead(try await files.bytes(of: content.tail) + buffer.prefix(MediaPolicy.headBytes))
    }

    /// Makes a part of the tail and the buffer.
    private mutating func writePart() async throws {
        let write = try await begin()
        let chunks = try await files.chunks(of: content.tail) + [ByteChunk(buffer)]
        // Its memory is needed no longer: where writing fails, the request has failed.
        buffer = []
        let part = try await files.objects.writePart(content.parts.count, of: write, chunks)
        memory.reduce(to: 0)
        content.parts.append(ResumableUpload.Part(size: part.size, etag: part.etag))
        obsolete += content.tail
        content.tail = []
        try await recordContent()
    }

    private mutating func writePiece() async throws {
        guard content.tail.count >= Self.maximumPieces else {
            content.tail.append(try await files.store(buffer, of: upload))
            buffer = []
            return memory.reduce(to: 0)
        }
        let bytes = try await files.bytes(of: content.tail) + buffer
        let piece = try await files.store(bytes, of: upload)
        obsolete += content.tail
        content.tail = [piece]
        buffer = []
        memory.reduce(to: 0)
    }

    /// The write of the object; it is begun and recorded where there is none.
    private mutating func begin() async throws -> PartwiseWrite {
        if let write = try content.partwiseWrite() { return write }
        let write = try await files.objects.beginParts(
            try UploadFiles.key(content.key), attributes: UploadFiles.attributes)
        content.write = write.id
        var changed = upload
        changed.content.write = write.id
        do {
            upload = try await record(changed)
        } catch let error as APIError where error.code == .uploadLocked {
            // After another error it may be recorded. Where aborting fails, that is done with the upload's end.
            try? await files.objects.abortParts(write)
            throw error
        }
        return write
    }

    private mutating func recordContent() async throws {
        guard content != upload.content else { return }
        var changed = upload
        changed.content = content
        upload = try await record(changed)
        await files.delete(obsolete)
        obsolete = []
    }
}
