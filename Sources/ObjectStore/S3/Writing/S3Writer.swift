internal import Bytes
internal import Synchronization

/// Splits what is written into parts. An object that fits into one is sent by one request when it is completed; of a longer
/// one, each part is sent as soon as it is full.
final class S3Writer: ObjectWriter {
    struct State {
        var part: Part
        var multipart: MultipartUpload?
        var isClosed = false
        /// The bytes of the first part, which is sent last because something may be inserted into it.
        var start: WriteBatch?
        /// Whether all of the object is sent by one request, whatever its size.
        var isWhole = false
    }

    let upload: S3Upload
    let partSize: Int
    /// Whether all parts but the last must have the same size.
    let equalParts: Bool
    let state: Mutex<State>

    init(_ upload: S3Upload, partSize: Int) {
        self.upload = upload
        equalParts = upload.connection.configuration.equalParts
        self.partSize = partSize
        state = Mutex(State(part: upload.part()))
    }

    deinit {
        guard let multipart = state.withLock({ $0.isClosed ? nil : $0.multipart }) else { return }
        Task { await multipart.abort() }
    }

    func write(_ chunk: ByteChunk) async throws(ObjectStoreError) {
        var rest = chunk
        while let (part, multipart) = try fill(&rest) {
            try await multipart.send(part, atOnce: upload.connection.configuration.partsInFlight)
        }
    }

    func complete() async throws(ObjectStoreError) -> ObjectInfo {
        let first = state.withLock { $0.start?.take() }
        let (part, multipart) = try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .closedWriter }
            state.isClosed = true
            return (state.takePart(next: upload.part()), state.multipart)
        }
        guard let multipart else { return try await put(first.map { self.part($0, and: part) } ?? part) }
        do throws(ObjectStoreError) {
            if let first { try await send(first: first, by: multipart) }
            if part.count > 0 {
                try await multipart.send(part, atOnce: upload.connection.configuration.partsInFlight)
            }
            return try await multipart.complete()
        } catch {
            await multipart.abort()
            throw error
        }
    }

    func abort() async {
        let multipart = state.withLock { state in
            guard !state.isClosed else { return nil as MultipartUpload? }
            state.isClosed = true
            _ = state.takePart(next: upload.part())
            state.start = nil
            return state.multipart
        }
        await multipart?.abort()
    }

    /// Moves as much of `rest` into the part as fits. Returns the part once it is full.
    private func fill(_ rest: inout ByteChunk) throws(ObjectStoreError) -> (Part, MultipartUpload)? {
        try state.withLock { state throws(ObjectStoreError) -> (Part, MultipartUpload)? in
            guard !state.isClosed else { throw .closedWriter }
            if let failure = state.multipart?.failure { throw failure }
            state.fillStart(&rest, partSize)
            let taken = state.isWhole ? rest.count : min(rest.count, partSize - state.part.count)
            state.part.append(rest[0..<taken])
            rest = rest[taken..<rest.count]
            guard state.part.count == partSize, !state.isWhole else { return nil }
            let multipart = state.multipart ?? MultipartUpload(upload, reserved: state.start == nil ? 0 : reserved)
            state.multipart = multipart
            return (state.takePart(next: upload.part()), multipart)
        }
    }

    /// Not in the caller's task: a cancellation half-way would leave the outcome unknown.
    private func put(_ part: Part) async throws(ObjectStoreError) -> ObjectInfo {
        let task = Task { [upload] in
            let size = part.count
            do throws(S3Failure) {
                return Result<_, S3Failure>.success(try await upload.put(await part.payload(), size: size))
            } catch { return .failure(error) }
        }
        do throws(S3Failure) { return try await task.value.get() } catch {
            throw ObjectStoreError(incomplete: error, key: upload.key)
        }
    }
}

extension S3Writer.State {
    /// Moves as much of `rest` into the first part as fits, if that is sent last.
    fileprivate mutating func fillStart(_ rest: inout ByteChunk, _ partSize: Int) {
        guard multipart == nil, !isWhole, let count = start?.count, count < partSize else { return }
        let taken = min(rest.count, partSize - count)
        start?.append(rest[0..<taken])
        rest = rest[taken..<rest.count]
    }

    fileprivate mutating func takePart(next: Part) -> Part {
        defer { part = next }
        return part
    }
}
