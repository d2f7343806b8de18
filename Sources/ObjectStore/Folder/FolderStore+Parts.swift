public import Bytes
internal import Foundation

extension FolderStore {
    /// Creates the file of the parts.
    /// - Throws: as ``ObjectStore/beginParts(_:attributes:)``.
    public func beginParts(
        _ key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> PartwiseWrite {
        PartwiseWrite(
            key: key, id: try await blocking(key) { (folder) throws(SystemError) in try folder.beginParts(of: key) })
    }

    /// Writes a part at its place in the file.
    /// - Throws: as ``ObjectStore/writePart(_:of:_:)``.
    public func writePart(
        _ index: Int, of write: PartwiseWrite, _ chunks: [ByteChunk]
    ) async throws(ObjectStoreError) -> ObjectPart {
        try await blocking(write.key) { (folder) throws(SystemError) in
            try folder.writePart(chunks, at: index * PartwiseWrite.partSize, of: write.id)
        }
        // The process that writes an upload is the only one that writes its file.
        return ObjectPart(size: chunks.reduce(0) { $0 + $1.count }, etag: "\(index)")
    }

    /// Moves the file to its place.
    /// - Throws: as ``ObjectStore/completeParts(_:parts:attributes:)``.
    public func completeParts(
        _ write: PartwiseWrite, parts: [ObjectPart], attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let size = parts.reduce(0) { $0 + $1.size }
        return try await blocking(write.key) { (folder) throws(SystemError) in
            try folder.completeParts(write.id, size: size, as: write.key, attributes)
        }
    }

    /// Removes the file.
    /// - Throws: as ``ObjectStore/abortParts(_:)``.
    public func abortParts(_ write: PartwiseWrite) async throws(ObjectStoreError) {
        try await blocking(write.key) { (folder) throws(SystemError) in try folder.abortParts(write.id) }
    }

    /// Removes the files of parts of the keys. Other writes do not outlive their process.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func abortWrites(to keys: [ObjectKey]) async throws(ObjectStoreError) {
        for key in keys where key.rawValue.hasPrefix(PartwiseWrite.keyPrefix) {
            try await blocking(key) { (folder) throws(SystemError) in try folder.abortParts(of: key) }
        }
    }

    /// Removes files of parts that were last written to longer ago than `age`.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    @discardableResult
    public func abortAbandonedParts(olderThan age: Duration) async throws(ObjectStoreError) -> Int {
        let limit = Date().addingTimeInterval(-Double(age.components.seconds))
        return try await blocking(nil) { (folder) throws(SystemError) in try folder.abortParts(before: limit) }
    }
}
