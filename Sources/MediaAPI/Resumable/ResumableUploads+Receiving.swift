import Bytes
import ChatBridge
import Crypto
import HTTPServer
import MediaModel
import MediaWorker
import ObjectStore

extension ResumableUploads {
    /// Bytes of an upload, as a request has them.
    struct Chunk: Sendable {
        /// Where they begin in the file.
        var offset: Int
        /// The length of the file, where the client says it only now.
        var length: Int?
        /// As ``length``, where the file is complete only when the client says so.
        var announcedLength: Int?
        var checksum: UploadChecksum?
        /// Whether the body itself says at its end whether its bytes are right.
        var isCompared = false
        var body: RequestBody
        /// Called with the offset whenever bytes are stored.
        var progress: @Sendable (_ offset: Int) -> Void = { _ in }
    }

    /// Appends bytes to the upload, and finishes it when these are the last. Where the body breaks off, what has arrived of it
    /// stays; of one with a checksum or a digest, nothing does.
    /// - Throws: ``APIError`` `offsetMismatch`, `checksumMismatch`, `digestMismatch`, `uploadLocked`, `uploadGone`, `notFound`; why the file is
    ///   rejected, which ends the upload; what reading the body throws.
    func append(_ chunk: Chunk, to id: String, by caller: ChatCaller?) async throws -> ResumableUpload {
        try await perform(on: id, by: caller, end: { chunk.body.evict() }) { upload in
            var upload = upload
            guard upload.content.sources == nil else {
                throw APIError(code: .forbidden, message: "An upload that is made of others takes no bytes")
            }
            guard chunk.offset == upload.content.offset else { throw APIError.offsetMismatch(upload.content.offset) }
            if let length = chunk.announcedLength, length != upload.content.announcedLength {
                upload = try await announce(length, of: upload)
            }
            if let length = chunk.length { upload = try await setLength(length, of: upload) }
            let limit = try ByteLimit(upload.content, of: self)
            if let declared = chunk.body.declaredLength, declared > limit.bytes - chunk.offset { throw limit.error }
            guard upload.content.state == .open else { return upload }
            return try await settle(try await receive(chunk, upload, limit: limit), by: caller)
        }
    }

    private func announce(_ length: Int, of upload: ResumableUpload) async throws -> ResumableUpload {
        guard upload.content.announcedLength == nil, length >= upload.content.offset else {
            throw APIError.inconsistentLength
        }
        if let error = try sizeError(length, of: upload.content) { throw error }
        var changed = upload
        changed.content.announcedLength = length
        if changed.countedBytes != nil { changed.countedBytes = length }
        return try await finisher.record(changed)
    }

    private func setLength(_ length: Int, of upload: ResumableUpload) async throws -> ResumableUpload {
        if upload.content.length == length { return upload }
        guard upload.content.length == nil else { throw APIError.invalid("Upload-Length", "was another one before") }
        if let announced = upload.content.announcedLength, announced != length { throw APIError.inconsistentLength }
        guard length >= max(upload.content.offset, 1) else {
            throw APIError.invalid("Upload-Length", "is less than what has arrived")
        }
        if let error = try sizeError(length, of: upload.content) { throw error }
        var changed = upload
        changed.content.length = length
        if changed.countedBytes != nil { changed.countedBytes = length }
        return try await finisher.record(changed)
    }

    private func receive(_ chunk: Chunk, _ upload: ResumableUpload, limit: ByteLimit) async throws -> ResumableUpload {
        var appender = appender(upload, progress: chunk.progress)
        do {
            if chunk.checksum != nil || chunk.isCompared {
                let held = try await hold(chunk.body, of: upload, limit: limit, chunk.checksum)
                try await held.release(to: &appender)
            } else {
                try await appender.append(chunk.body, limit: limit)
            }
            try await appender.finish()
            return appender.upload
        } catch {
            guard finisher.isRejection(error) else { throw error }
            try await finisher.fail(appender.upload, with: error)
        }
    }

    /// The bytes of a body that has that checksum, and that has ended without an error.
    private func hold(
        _ body: RequestBody, of upload: ResumableUpload, limit: ByteLimit, _ checksum: UploadChecksum?
    ) async throws -> HeldBytes {
        var held = HeldBytes(upload, files: files, memory: memory.reservation())
        do {
            var digest: MessageDigest?
            if let checksum { digest = MessageDigest(checksum.algorithm) }
            for try await chunk in body {
                guard chunk.count <= limit.bytes - upload.content.offset - held.count else { throw limit.error }
                chunk.withUnsafeBytes { digest?.update($0) }
                try await held.append(chunk)
            }
            if let checksum, digest.take()?.finalize() != checksum.expected { throw APIError.checksumMismatch }
            return held
        } catch {
            await held.discard()
            throw error
        }
    }

    /// Appends the bytes of partial uploads that have not been appended yet.
    func concatenate(_ sources: [String], to upload: ResumableUpload) async throws -> ResumableUpload {
        var appender = appender(upload)
        do {
            var start = 0
            for id in sources {
                let source = try await store.resumableUpload(id, in: dialect)
                guard let source, source.content.state == .whole, let size = source.content.length,
                    source.content.usedBy == nil || source.content.usedBy == upload.id
                else { throw APIError.uploadGone }
                defer { start += size }
                guard appender.offset < start + size else { continue }
                let missing = max(appender.offset - start, 0)..<size
                let key = try UploadFiles.key(source.content.key)
                for try await bytes in try await files.objects.read(key, range: missing) {
                    try await appender.append(bytes)
                }
            }
            try await appender.finish()
            return appender.upload
        } catch {
            let isMissing = error is ObjectStoreError || (error as? APIError)?.code == .uploadGone
            guard finisher.isRejection(error) || isMissing else { throw error }
            try await finisher.fail(appender.upload, with: error)
        }
    }

    /// Partial uploads, which must be complete and of the owner.
    func partialUploads(_ ids: [String], _ request: Request) async throws -> [ResumableUpload] {
        var sources: [ResumableUpload] = []
        for id in ids {
            let source = try await upload(id, for: request.caller)
            guard source.content.state == .whole, source.content.length != nil else {
                throw APIError.invalid("Upload-Concat", "names an upload that is not partial, or not complete")
            }
            sources.append(source)
        }
        return sources
    }

    /// The open upload that the sources are being made into already, by an earlier request of the same content.
    /// - Throws: ``APIError`` `uploadLocked` where one of them is being made into another file.
    func upload(madeOf sources: [ResumableUpload], _ metadata: String?) async throws -> ResumableUpload? {
        for id in Set(sources.compactMap(\.content.usedBy)) {
            guard let other = try await store.resumableUpload(id, in: dialect), other.content.state == .open,
                keyGenerator.now() < other.expires
            else { continue }
            guard other.content.sources == sources.map(\.id), other.content.metadata == metadata else {
                throw APIError.uploadLocked
            }
            return other
        }
        return nil
    }

    /// Records that the sources become the upload `id`, which is saved, and no other.
    /// - Throws: ``APIError`` `uploadLocked` where another request does so.
    func reserve(_ sources: [ResumableUpload], for id: String) async throws {
        var recorded: Set<String> = []
        for source in sources where source.content.usedBy != id && recorded.insert(source.id).inserted {
            var used = source
            used.content.usedBy = id
            _ = try await finisher.record(used)
        }
    }

    private func appender(
        _ upload: ResumableUpload, progress: @escaping @Sendable (_ offset: Int) -> Void = { _ in }
    ) -> UploadAppender {
        UploadAppender(
            upload, files: files, memory: memory.reservation(), checkHead: { try checkHead($0, of: upload) },
            record: { changed in
                let recorded = try await finisher.record(changed)
                if recorded.content.offset > upload.content.offset { progress(recorded.content.offset) }
                return recorded
            })
    }
}

/// How many bytes an upload may have, and the error of one with more.
private struct ByteLimit {
    let bytes: Int
    let error: APIError

    /// The length that the client has said, or the limit of files where it has said none.
    init(_ content: ResumableUpload.Content, of uploads: ResumableUploads) throws {
        if let length = content.length ?? content.announcedLength {
            (bytes, error) = (length, .tooLong(length))
        } else {
            bytes = try uploads.maximumBytes(content)
            error = try uploads.sizeError(bytes + 1, of: content) ?? .tooLong(bytes)
        }
    }
}

extension UploadAppender {
    /// Appends a body; where it breaks off, what has arrived of it is recorded.
    fileprivate mutating func append(_ body: RequestBody, limit: ByteLimit) async throws {
        var bytes = body.makeAsyncIterator()
        while true {
            let chunk: RequestBody.Element?
            do {
                chunk = try await bytes.next()
                if let chunk, chunk.count > limit.bytes - offset { throw limit.error }
            } catch {
                try await finish()
                throw error
            }
            guard let chunk else { return }
            try await append(chunk)
        }
    }
}
