extension S3Store {
    /// Has the store copy the object (`CopyObject`), on the condition that it is still the same.
    ///
    /// Some stores ignore the condition, and some cannot copy: a copy with another entity tag is replaced by one through this
    /// process.
    /// - Throws: as ``ObjectStore/copy(_:to:attributes:)``.
    @discardableResult
    public func copy(
        _ source: ObjectInfo, to key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo {
        do throws(S3Failure) {
            _ = try await connection.send(copyRequest(source, to: key, attributes))
        } catch {
            switch error.status {
            case 412: throw .changed(source.key)
            case 501: break
            default: throw ObjectStoreError(error, key: source.key)
            }
        }
        if let copy = try await info(key), copy.etag == source.etag, copy.size == source.size { return copy }
        do throws(ObjectStoreError) {
            return try await copyByReading(source, to: key, attributes: attributes)
        } catch {
            // What the store copied regardless of the condition is not what was asked for.
            try? await delete([key])
            throw error
        }
    }

    private func copyRequest(_ source: ObjectInfo, to key: ObjectKey, _ attributes: ObjectAttributes) -> S3Request {
        var request = S3Request(operation: "CopyObject", method: "PUT", key: key)
        request.headers =
            attributes.requestHeaders + [
                // Nothing in a key or in a bucket's name has to be escaped.
                (name: "x-amz-copy-source", value: "/\(connection.configuration.bucket)/\(source.key)"),
                (name: "x-amz-copy-source-if-match", value: source.etag),
                (name: "x-amz-metadata-directive", value: "REPLACE"),
            ]
        request.body = .empty
        return request
    }
}
