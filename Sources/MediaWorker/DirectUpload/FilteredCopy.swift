import Bytes
import Crypto
import ObjectStore

/// Copies a stored JPEG to another object without the metadata that are removed.
struct FilteredCopy {
    private static let endOfImageMarker: [UInt8] = [0xFF, 0xD9]

    let copy: CopyWriter
    let removal: MetadataRemoval
    /// Where the image ends, in bytes, if its end is not marked in the file: what follows is not copied.
    let end: Int?
    let computesSHA256: Bool

    /// Writes the whole object and returns its writer, which has only to be completed, with the object's size and SHA-256.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when the source was replaced since it was validated, or the store's
    ///   error. Nothing is left of the copy then.
    func write() async throws(ObjectStoreError) -> (writer: any ObjectWriter, size: Int, sha256: String?) {
        let source = copy.source
        let reader = try await copy.store.read(source.key, range: 0..<min(end ?? source.size, source.size))
        guard reader.info.etag == source.etag, reader.info.size == source.size else {
            throw ObjectStoreError(.unavailable, "The object \(source.key) was replaced after it was validated.")
        }
        let writer = try await copy.store.write(copy.key, attributes: copy.attributes, declaredLength: nil)
        do throws(ObjectStoreError) {
            let (size, sha256) = try await filter(reader, to: writer)
            return (writer, size, sha256)
        } catch {
            await writer.abort()
            throw error
        }
    }

    private func filter(
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
                .unavailable, "The store returned \(received) bytes instead of \(reader.range.count).")
        }
        if end != nil {
            let marker = ByteChunk(Self.endOfImageMarker)
            marker.withUnsafeBytes { digest?.update(bufferPointer: $0) }
            size += marker.count
            try await writer.write(marker)
        }
        return (size, (digest.take()?.finalize()).map(hexEncode))
    }
}
