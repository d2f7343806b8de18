import Bytes
import ChatBridge
import Crypto
import ObjectStore

/// The objects of resumable uploads: each has a folder, with the object that is written in parts and the pieces behind these.
struct UploadFiles: Sendable {
    /// The object itself and its pieces are read by the service alone.
    static let attributes = ObjectAttributes(contentType: "application/octet-stream")

    let objects: any ObjectStore

    /// The key of the object of an upload.
    static func key(of id: String, in dialect: Dialect) -> String { folder(of: id, in: dialect) + "file" }

    private static func folder(of id: String, in dialect: Dialect) -> String {
        "\(PartwiseWrite.keyPrefix)\(dialect.rawValue)/\(id)/"
    }

    /// The bytes of pieces, one behind the other.
    /// - Throws: `ObjectStoreError`.
    func bytes(of pieces: [ResumableUpload.Piece]) async throws -> [UInt8] {
        try await chunks(of: pieces).flatMap { [UInt8]($0) }
    }

    /// As ``bytes(of:)``, as they were read.
    /// - Throws: `ObjectStoreError`.
    func chunks(of pieces: [ResumableUpload.Piece]) async throws -> [ByteChunk] {
        var chunks: [ByteChunk] = []
        for piece in pieces {
            for try await chunk in try await objects.read(try Self.key(piece.key), range: nil) {
                chunks.append(chunk)
            }
        }
        guard chunks.reduce(0, { $0 + $1.count }) == pieces.reduce(0, { $0 + $1.size }) else {
            throw ObjectStoreError(.unavailable, "A piece of an upload was read short.")
        }
        return chunks
    }

    /// Stores a piece of the upload.
    /// - Throws: `ObjectStoreError`.
    func store(_ bytes: [UInt8], of upload: ResumableUpload) async throws -> ResumableUpload.Piece {
        // A name that no other process can choose.
        let name = Self.folder(of: upload.id, in: upload.dialect) + hexEncode(SecureRandom.bytes(8))
        let writer = try await objects.write(
            try Self.key(name), attributes: Self.attributes, declaredLength: bytes.count)
        try await writer.write(ByteChunk(bytes))
        _ = try await writer.complete()
        return ResumableUpload.Piece(key: name, size: bytes.count)
    }

    /// Deletes pieces that are not needed any more. Where that fails they are deleted at the end of the upload.
    func delete(_ pieces: [ResumableUpload.Piece]) async {
        let keys = pieces.compactMap { ObjectKey(validating: $0.key) }
        if !keys.isEmpty { try? await objects.delete(keys) }
    }

    /// Deletes everything of an upload.
    /// - Throws: `ObjectStoreError`.
    func deleteAll(of upload: ResumableUpload) async throws {
        let key = try Self.key(upload.content.key)
        if let write = upload.content.write { try await objects.abortParts(PartwiseWrite(key: key, id: write)) }
        // Also what a process began that has crashed before it could say so.
        try await objects.abortWrites(to: [key])
        let folder = Self.folder(of: upload.id, in: upload.dialect)
        while true {
            let page = try await objects.list(prefix: folder, after: nil, limit: 1000)
            guard !page.entries.isEmpty else { return }
            try await objects.delete(page.entries.map(\.key))
        }
    }

    /// - Throws: `ObjectStoreError`.
    static func key(_ text: String) throws -> ObjectKey {
        guard let key = ObjectKey(validating: text) else { throw ObjectStoreError(.invalidKey, "No key: \(text)") }
        return key
    }
}

extension ResumableUpload.Content {
    /// The write of the object in parts, as the store has it.
    func partwiseWrite() throws -> PartwiseWrite? {
        try write.map { PartwiseWrite(key: try UploadFiles.key(key), id: $0) }
    }
}
