import Bytes
import ChatBridge
import MediaWorker
import ObjectStore

/// Bytes of a request that are not part of the upload before their checksum has been compared. Beyond the size of a part they
/// are stored as pieces: a part that was written cannot be taken back in every store.
struct HeldBytes {
    private let files: UploadFiles
    private let upload: ResumableUpload
    private let memory: MemoryReservation
    private var pieces: [ResumableUpload.Piece] = []
    private var buffer: [UInt8] = []
    /// How many there are.
    private(set) var count = 0

    /// - Parameter memory: the reservation of the memory in which they are.
    init(_ upload: ResumableUpload, files: UploadFiles, memory: MemoryReservation) {
        self.memory = memory
        self.upload = upload
        self.files = files
    }

    /// Appends `chunk`.
    /// - Throws: `ObjectStoreError`.
    mutating func append(_ chunk: ByteChunk) async throws {
        chunk.withUnsafeBytes { buffer.append(contentsOf: $0) }
        count += chunk.count
        let mayGrow =
            buffer.count < UploadAppender.smallBuffer
            || buffer.count < PartwiseWrite.partSize && memory.raiseNow(to: buffer.count)
        guard !mayGrow else { return }
        pieces.append(try await files.store(buffer, of: upload))
        buffer = []
        memory.reduce(to: 0)
    }

    /// Makes them part of the upload.
    /// - Throws: as ``UploadAppender/append(_:)``.
    consuming func release(to appender: inout UploadAppender) async throws {
        for piece in pieces {
            for try await chunk in try await files.objects.read(try UploadFiles.key(piece.key), range: nil) {
                try await appender.append(chunk)
            }
        }
        try await appender.append(ByteChunk(buffer))
        await files.delete(pieces)
    }

    /// Deletes them.
    consuming func discard() async { await files.delete(pieces) }
}
