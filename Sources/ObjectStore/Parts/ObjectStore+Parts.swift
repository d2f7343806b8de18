public import Bytes

extension ObjectStore {
    /// For stores that write no object in parts.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func beginParts(
        _ key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> PartwiseWrite { throw .noParts }

    /// For stores that write no object in parts.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func writePart(
        _ index: Int, of write: PartwiseWrite, _ chunks: [ByteChunk]
    ) async throws(ObjectStoreError) -> ObjectPart { throw .noParts }

    /// For stores that write no object in parts.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func completeParts(
        _ write: PartwiseWrite, parts: [ObjectPart], attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo { throw .noParts }

    /// For stores that write no object in parts: there is nothing to abort.
    @discardableResult
    public func abortAbandonedParts(olderThan age: Duration) async -> Int { 0 }

    /// For stores that write no object in parts: there is nothing to abort.
    public func abortParts(_ write: PartwiseWrite) async {}
}

extension ObjectStoreError {
    fileprivate static let noParts = ObjectStoreError(.unavailable, "This store writes no object in parts.")
}
