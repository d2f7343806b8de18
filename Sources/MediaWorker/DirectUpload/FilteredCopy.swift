import Bytes
import Crypto
import ObjectStore

/// Copies a stored file to another object without the metadata that are removed.
struct FilteredCopy {
    private static let endOfImageMarker: [UInt8] = [0xFF, 0xD9]

    /// A copy that has only to be completed.
    struct Copied {
        let writer: any ObjectWriter
        /// In bytes.
        let size: Int
        let sha256: String?
        /// The filter that the file has passed.
        let filter: any MetadataFilter
    }

    let copy: CopyWriter
    /// Removes the metadata.
    let filter: any MetadataFilter
    /// Where the image ends, in bytes, if its end is not marked in the file: what follows is not copied.
    let end: Int?
    let computesSHA256: Bool

    /// Writes the whole object.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when the source was replaced since it was validated, or the store's
    ///   error. Nothing is left of the copy then.
    func write() async throws(ObjectStoreError) -> Copied {
        let source = copy.source
        let reader = try await copy.store.read(source.key, range: 0..<min(end ?? source.size, source.size))
        guard reader.info.etag == source.etag, reader.info.size == source.size else {
            throw ObjectStoreError(.unavailable, "The object \(source.key) was replaced after it was validated.")
        }
        let writer = try await copy.store.write(copy.key, attributes: copy.attributes, declaredLength: nil)
        do throws(ObjectStoreError) {
            return try await filter(reader, to: writer)
        } catch {
            await writer.abort()
            throw error
        }
    }

    private func filter(
        _ reader: ObjectReader, to writer: any ObjectWriter
    ) async throws(ObjectStoreError) -> Copied {
        var filter = filter
        var (received, size) = (0, 0)
        var digest = computesSHA256 ? SHA256() : nil
        for try await chunk in reader {
            received += chunk.count
            let isLast = received == reader.range.count
            for kept in filter.receive(chunk) + (isLast ? filter.finish() : []) {
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
        return Copied(
            writer: writer, size: size, sha256: (digest.take()?.finalize()).map(hexEncode), filter: filter)
    }
}
