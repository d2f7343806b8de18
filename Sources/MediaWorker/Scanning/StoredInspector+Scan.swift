import Bytes
import MediaModel
import ObjectStore

extension StoredInspector {
    /// Scans a stored object, where files are scanned. All of it is read.
    /// - Throws: ``MediaError/Code/infected``, ``MediaError/Code/scanUnavailable`` or ``MediaError/Code/tooLarge`` when it is rejected;
    ///   ``MediaError/Code/storage`` when it was replaced since it was validated, or the store fails.
    func scan(_ object: ObjectInfo) async throws(MediaError) {
        guard let scan = scanning?.begin(object.key.rawValue) else { return }
        let reader = try await mappingStoreErrors { () async throws(ObjectStoreError) in
            let reader = try await store.read(object.key, range: nil)
            guard reader.info.etag == object.etag, reader.info.size == object.size else {
                throw ObjectStoreError(.changed, "The object \(object.key) was replaced after it was validated.")
            }
            return reader
        }
        var iterator = reader.makeAsyncIterator()
        var received = 0
        while true {
            let chunk = try await mappingStoreErrors { () async throws(ObjectStoreError) in try await iterator.next() }
            guard let chunk else { break }
            received += chunk.count
            try await scan.send(chunk)
        }
        guard received == object.size else {
            throw MediaError(
                .storage, "The file could not be read from the store; try again.",
                cause: ObjectStoreError(.unavailable, "The store returned \(received) bytes of \(object.key)."))
        }
        try await scan.finish()
    }
}
