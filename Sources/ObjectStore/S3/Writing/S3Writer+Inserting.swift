internal import Bytes
internal import Synchronization

/// The first part is kept until the end, and what is inserted enlarges it. Where all parts must have the same size, a whole part is
/// inserted: two numbers are left for it, of which the first is not used where nothing is inserted (the numbers of an object's parts
/// need not follow each other).
extension S3Writer {
    /// How many numbers are left for the parts that are sent last.
    var reserved: Int { equalParts ? 2 : 1 }

    func expectInsertion() {
        state.withLock { state in
            if state.start == nil, state.multipart == nil, state.part.count == 0 { state.start = WriteBatch() }
        }
    }

    func insertionSize(atLeast count: Int) -> Int? {
        state.withLock { state in
            guard state.start != nil else { return nil }
            guard equalParts, state.multipart != nil else { return count }
            return count <= partSize ? partSize : nil
        }
    }

    func insert(_ bytes: ByteChunk, at offset: Int) throws(ObjectStoreError) {
        try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .closedWriter }
            state.start?.insert(bytes, at: offset)
            if state.multipart == nil { state.isWhole = true }
        }
    }

    /// Sends the bytes of the first part, with what was inserted.
    func send(first chunks: [ByteChunk], by multipart: MultipartUpload) async throws(ObjectStoreError) {
        let atOnce = upload.connection.configuration.partsInFlight
        let count = chunks.reduce(0) { $0 + $1.count }
        guard equalParts else { return try await multipart.send(part(chunks), as: 1, atOnce: atOnce) }
        var (gathered, missing, number) = ([ByteChunk](), partSize, count > partSize ? 1 : 2)
        for chunk in chunks {
            let taken = min(chunk.count, missing)
            gathered.append(chunk[0..<taken])
            missing -= taken
            guard missing == 0 else { continue }
            try await multipart.send(part(gathered), as: number, atOnce: atOnce)
            (gathered, missing, number) = ([chunk[taken..<chunk.count]], partSize - (chunk.count - taken), number + 1)
        }
    }

    /// A part of `chunks` and of the bytes of `last`.
    func part(_ chunks: [ByteChunk], and last: Part) -> Part {
        var last = last
        return part(chunks + last.takeChunks())
    }

    /// A part of these bytes.
    func part(_ chunks: [ByteChunk]) -> Part {
        var part = upload.part()
        for chunk in chunks { part.append(chunk) }
        return part
    }
}
