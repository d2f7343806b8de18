public import Bytes

extension S3Store {
    /// Begins a multipart upload.
    /// - Throws: as ``ObjectStore/beginParts(_:attributes:)``.
    public func beginParts(
        _ key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> PartwiseWrite {
        let upload = self.upload(key, attributes)
        return PartwiseWrite(
            key: key, id: try await detached(key) { () async throws(S3Failure) in try await upload.create() })
    }

    /// Sends a part.
    /// - Throws: as ``ObjectStore/writePart(_:of:_:)``.
    public func writePart(
        _ index: Int, of write: PartwiseWrite, _ chunks: [ByteChunk]
    ) async throws(ObjectStoreError) -> ObjectPart {
        let upload = self.upload(write.key, ObjectAttributes(contentType: ""))
        var part = upload.part()
        for chunk in chunks { part.append(chunk) }
        let (size, payload) = (part.count, await part.payload())
        do throws(S3Failure) {
            return ObjectPart(size: size, etag: try await upload.send(payload, as: index + 1, of: write.id))
        } catch {
            throw ObjectStoreError(error, key: write.key)
        }
    }

    /// Completes the multipart upload.
    /// - Throws: as ``ObjectStore/completeParts(_:parts:attributes:)``.
    public func completeParts(
        _ write: PartwiseWrite, parts: [ObjectPart], attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let upload = self.upload(write.key, attributes)
        let size = parts.reduce(0) { $0 + $1.size }
        return try await detached(write.key) { () async throws(S3Failure) in
            let etags = parts.enumerated().map { (number: $0.offset + 1, etag: $0.element.etag) }
            return try await upload.complete(write.id, etags: etags, size: size)
        }
    }

    /// Aborts the multipart uploads of parts that began longer ago than `age`.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    @discardableResult
    public func abortAbandonedParts(olderThan age: Duration) async throws(ObjectStoreError) -> Int {
        try await abortAbandonedUploads(olderThan: age, prefix: PartwiseWrite.keyPrefix)
    }

    /// Aborts the multipart upload.
    /// - Throws: as ``ObjectStore/abortParts(_:)``.
    public func abortParts(_ write: PartwiseWrite) async throws(ObjectStoreError) {
        do throws(S3Failure) { try await connection.abortUpload(write.id, of: write.key) } catch {
            throw ObjectStoreError(error, key: write.key)
        }
    }

    /// Not in the caller's task: a cancellation half-way would leave the outcome unknown.
    private func detached<Value: Sendable>(
        _ key: ObjectKey, _ operation: @escaping @Sendable () async throws(S3Failure) -> Value
    ) async throws(ObjectStoreError) -> Value {
        let task = Task {
            do throws(S3Failure) { return Result<Value, S3Failure>.success(try await operation()) } catch {
                return .failure(error)
            }
        }
        do throws(S3Failure) { return try await task.value.get() } catch {
            throw ObjectStoreError(error, key: key)
        }
    }
}
