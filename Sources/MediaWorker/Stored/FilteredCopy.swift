import Bytes
import Crypto
import ObjectStore

/// An object that is to be made of a JPEG that is stored, without what is taken out of it.
struct FilteredCopy {
    private static let endOfPicture: [UInt8] = [0xFF, 0xD9]

    let copy: StoredCopy
    let removal: MetadataRemoval
    /// Where the picture ends if its end is not marked there: what follows is not kept.
    let end: Int?
    let computesSHA256: Bool

    /// Writes all of it, so that only the writer's completion is left to be done. Returns its size and digest as well.
    ///
    /// Throws ``ObjectStoreError/Code/unavailable`` when the object is no longer the one that was judged. Nothing is left then.
    func write() async throws(ObjectStoreError) -> (writer: any ObjectWriter, size: Int, sha256: String?) {
        let source = copy.source
        let reader = try await copy.store.read(source.key, range: 0..<min(end ?? source.size, source.size))
        guard reader.info.etag == source.etag, reader.info.size == source.size else {
            throw ObjectStoreError(.unavailable, "The object \(source.key) was replaced after it was judged.")
        }
        let writer = try await copy.store.write(copy.key, attributes: copy.attributes, declaredLength: nil)
        do throws(ObjectStoreError) {
            let (size, sha256) = try await pass(reader, to: writer)
            return (writer, size, sha256)
        } catch {
            await writer.abort()
            throw error
        }
    }

    private func pass(
        _ reader: ObjectReader, to writer: any ObjectWriter
    ) async throws(ObjectStoreError) -> (size: Int, sha256: String?) {
        var filter = JPEGMetadataFilter(removal)
        var (received, size) = (0, 0)
        var digest = computesSHA256 ? SHA256() : nil
        for try await chunk in reader {
            received += chunk.count
            for kept in filter.receive(chunk) {
                kept.withUnsafeBytes { digest?.update(bufferPointer: $0) }
                size += kept.count
                try await writer.write(kept)
            }
        }
        guard received == reader.range.count else {
            throw ObjectStoreError(
                .unavailable, "The store gave \(received) bytes instead of \(reader.range.count).")
        }
        if end != nil {
            let marker = ByteChunk(Self.endOfPicture)
            marker.withUnsafeBytes { digest?.update(bufferPointer: $0) }
            size += marker.count
            try await writer.write(marker)
        }
        return (size, (digest.take()?.finalize()).map(hexEncode))
    }
}
