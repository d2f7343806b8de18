import Bytes
import MediaModel
import ObjectStore

extension StoredInspector {
    /// The SHA-256 of `object` in lower-case hexadecimal. All of it is read that `begun` does not have.
    /// - Parameter begun: the digest of the beginning of `object`, which was read for its inspection.
    /// - Throws: ``MediaError/Code/storage`` when it was replaced since it was validated, or the store fails.
    func digest(
        of object: ObjectInfo, continuing begun: PrefixDigest = PrefixDigest()
    ) async throws(MediaError) -> String {
        let start = begun.count
        guard start < object.size || object.size == 0 else { return begun.finish() }
        return try await mappingStoreErrors { () async throws(ObjectStoreError) in
            let reader = try await store.read(object.key, range: start == 0 ? nil : start..<object.size)
            guard reader.info.etag == object.etag, reader.info.size == object.size else {
                throw ObjectStoreError(.changed, "The object \(object.key) was replaced after it was validated.")
            }
            var received = start
            for try await chunk in reader {
                chunk.withUnsafeBytes { begun.add($0, at: received) }
                received += chunk.count
            }
            guard received == object.size else {
                throw ObjectStoreError(.unavailable, "The store returned \(received) bytes instead of \(object.size).")
            }
            return begun.finish()
        }
    }
}
