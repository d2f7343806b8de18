internal import Bytes
internal import Synchronization

/// A writer's file, which is created with the first bytes: an object of one batch costs one job on the pool in all.
/// Blocks, like the file.
final class PendingFile: Sendable {
    private let folder: FolderDirectories
    private let file = Mutex<IncomingFile?>(nil)

    init(folder: FolderDirectories) { self.folder = folder }

    /// Appends `chunks`, after those of an earlier call.
    func append(_ chunks: [ByteChunk]) throws(SystemError) {
        try file.withLock { file throws(SystemError) in
            if file == nil { file = try IncomingFile(in: folder) }
            try file?.append(chunks)
        }
    }

    /// Inserts `bytes`, as many as ``IncomingFile/insertionSize(atLeast:)`` says, at `offset`.
    func insert(_ bytes: ByteChunk, at offset: Int) throws(SystemError) {
        try file.withLock { file throws(SystemError) in
            guard let old = file else { return }
            if try !old.insertInPlace(bytes, at: offset) { file = try old.copy(inserting: bytes, at: offset) }
        }
    }

    /// Syncs the file to the disk and hands it over.
    func finish() throws(SystemError) -> IncomingFile {
        try file.withLock { file throws(SystemError) in
            let finished = if let file { file } else { try IncomingFile(in: folder) }
            file = nil
            try finished.sync()
            return finished
        }
    }

    /// Removes the file, unless it was finished.
    func discard() { file.withLock { $0 = nil } }
}
