extension S3Store {
    /// The object's bytes, or a range of them, as they are asked for. After a broken connection a new one continues
    /// where it was, unless the object was replaced meanwhile.
    /// - Throws: ``ObjectStoreError/Code/notFound``, ``ObjectStoreError/Code/invalidRange``.
    public func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader {
        if let range, range.lowerBound < 0 || range.isEmpty { throw .emptyRange(range, key) }
        let opened: OpenedObject
        do throws(S3Failure) {
            opened = try await connection.open(key, range: range)
        } catch {
            if error.status == 416, let range { throw .emptyRange(range, key) }
            throw ObjectStoreError(error, key: key)
        }
        let size = opened.object.info.size
        if let range, range.lowerBound >= size { throw .emptyRange(range, key) }
        let wanted = range.map { $0.lowerBound..<min($0.upperBound, size) } ?? 0..<size
        let reading = S3Reading(opened, range: wanted, connection: connection)
        return ObjectReader(info: opened.object.info, range: wanted) { () throws(ObjectStoreError) in
            try await reading.next()
        }
    }
}

extension ObjectStoreError {
    fileprivate static func emptyRange(_ range: Range<Int>, _ key: ObjectKey) -> ObjectStoreError {
        ObjectStoreError(.invalidRange, "The range \(range) holds no byte of the object \(key).")
    }
}
