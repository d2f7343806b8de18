import Bytes
import Crypto
import MediaModel
import ObjectStore

extension StoredInspector {
    /// The SHA-256 of `object` in lower-case hexadecimal. All of it is read.
    /// - Throws: ``MediaError/Code/storage`` when it was replaced since it was validated, or the store fails.
    func digest(of object: ObjectInfo) async throws(MediaError) -> String {
        try await mappingStoreErrors { () async throws(ObjectStoreError) in
            let reader = try await store.read(object.key, range: nil)
            guard reader.info.etag == object.etag, reader.info.size == object.size else {
                throw ObjectStoreError(.changed, "The object \(object.key) was replaced after it was validated.")
            }
            var digest = SHA256()
            var received = 0
            for try await chunk in reader {
                received += chunk.count
                chunk.withUnsafeBytes { digest.update(bufferPointer: $0) }
            }
            guard received == object.size else {
                throw ObjectStoreError(.unavailable, "The store returned \(received) bytes instead of \(object.size).")
            }
            return hexEncode(digest.finalize())
        }
    }
}
