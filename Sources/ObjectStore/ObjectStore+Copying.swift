extension ObjectStore {
    /// Copies through this process: writes what was read, from the version of the object that `source` describes.
    /// - Throws: as ``ObjectStore/copy(_:to:attributes:)``.
    @discardableResult
    public func copy(
        _ source: ObjectInfo, to key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await copyByReading(source, to: key, attributes: attributes)
    }

    func copyByReading(
        _ source: ObjectInfo, to key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let reader = try await read(source.key, range: nil)
        guard reader.info.etag == source.etag, reader.info.size == source.size else { throw .changed(source.key) }
        let writer = try await write(key, attributes: attributes, declaredLength: source.size)
        do throws(ObjectStoreError) {
            for try await chunk in reader { try await writer.write(chunk) }
            return try await writer.complete()
        } catch {
            await writer.abort()
            throw error
        }
    }
}
