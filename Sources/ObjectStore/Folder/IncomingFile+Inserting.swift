internal import Bytes
internal import CLinux
internal import Glibc

extension IncomingFile {
    /// The usual size of a block, in bytes. File systems insert whole blocks, and share whole blocks between files.
    private static let block = 4096
    /// How many bytes one call copies at most.
    private static let copied = 64 << 20

    /// How many bytes are inserted where `count` are needed.
    static func insertionSize(atLeast count: Int) -> Int { (count + block - 1) / block * block }

    /// Inserts `bytes` at `offset` by moving the blocks of the file, without copying it (`FALLOC_FL_INSERT_RANGE`). Returns `false`,
    /// and leaves the file as it was, where the file system cannot do that.
    func insertInPlace(_ bytes: ByteChunk, at offset: Int) throws(SystemError) -> Bool {
        let start = try read(offset)
        let failure = -darkroom_insert_range(file.rawValue, 0, off_t(bytes.count))
        guard failure == 0 else {
            guard [EOPNOTSUPP, ENOSYS, EINVAL, EFBIG, EPERM].contains(failure) else {
                throw SystemError("fallocate", number: failure)
            }
            return false
        }
        length += bytes.count
        writtenBack = 0
        try overwrite([ByteChunk(start), bytes])
        guard lseek(file.rawValue, off_t(length), SEEK_SET) >= 0 else { throw SystemError("lseek") }
        return true
    }

    /// A new file with `bytes` inserted at `offset`. The kernel copies, and shares the blocks where the file system can.
    func copy(inserting bytes: ByteChunk, at offset: Int) throws(SystemError) -> IncomingFile {
        // Behind the first whole block, source and destination begin at a block.
        let first = min(length, Self.insertionSize(atLeast: offset))
        let start = try read(first)
        let copy = try IncomingFile(in: folder)
        let chunk = ByteChunk(start)
        try copy.append([chunk[0..<offset], bytes, chunk[offset..<first]])
        var source = first
        while source < length {
            let count = darkroom_copy_range(
                file.rawValue, off_t(source), copy.file.rawValue, off_t(copy.length), min(Self.copied, length - source))
            if count == -Int(EINTR) { continue }
            guard count > 0 else { throw SystemError("copy_file_range", number: CInt(-count)) }
            source += count
            copy.length += count
        }
        guard lseek(copy.file.rawValue, off_t(copy.length), SEEK_SET) >= 0 else { throw SystemError("lseek") }
        return copy
    }

    private func read(_ count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let read = bytes.withUnsafeMutableBytes {
                pread(file.rawValue, $0.baseAddress! + done, count - done, off_t(done))
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { throw SystemError("read") }
            done += read
        }
        return bytes
    }

    /// Writes `chunks` at the start of the file.
    private func overwrite(_ chunks: [ByteChunk]) throws(SystemError) {
        var offset = 0
        for chunk in chunks {
            var done = 0
            while done < chunk.count {
                let written = chunk.withUnsafeBytes {
                    pwrite(file.rawValue, $0.baseAddress! + done, chunk.count - done, off_t(offset + done))
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw SystemError("write") }
                done += written
            }
            offset += chunk.count
        }
    }
}
