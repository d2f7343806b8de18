import Bytes
public import MediaModel
public import ObjectStore

extension ObjectStore {
    /// Stores the JPEG `picture` under `key`, completely or, when this throws, not at all.
    /// - Throws: ``MediaError/Code/storage`` with the store's error as its cause.
    public func storeThumbnail(_ picture: [UInt8], at key: ObjectKey) async throws(MediaError) {
        try await mappingStoreErrors { () async throws(ObjectStoreError) in
            let writer = try await write(key, attributes: .thumbnail, declaredLength: picture.count)
            do throws(ObjectStoreError) {
                try await writer.write(ByteChunk(picture))
                _ = try await writer.complete()
            } catch {
                await writer.abort()
                throw error
            }
        }
    }
}
