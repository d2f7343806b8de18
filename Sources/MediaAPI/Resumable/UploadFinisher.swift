import ChatBridge
import Logging
import MediaModel
import MediaWorker
import ObjectStore

/// Makes media and messages of uploads whose bytes have all arrived. Every step may be repeated, also by another process at the same
/// time: the ID of what is made is recorded before, and there is one of each.
struct UploadFinisher: Sendable {
    let store: any ResumableUploadStore
    let files: UploadFiles
    let call: any ResumableCall
    let validator: DirectUploadValidator
    let publisher: MediaPublisher
    let keyGenerator: ObjectKeyGenerator
    let logger: Logger

    /// Records a changed upload and returns it with its new version.
    /// - Throws: ``APIError`` `uploadLocked` when another process has changed it, `uploadGone` when it has expired.
    func record(_ upload: ResumableUpload) async throws -> ResumableUpload {
        guard keyGenerator.now() < upload.expires else { throw APIError.uploadGone }
        guard try await store.replace(upload) else { throw APIError.uploadLocked }
        var recorded = upload
        recorded.version += 1
        return recorded
    }

    /// Makes what the upload is for, or one object of a partial upload.
    /// - Throws: why the file is rejected or the caller refused, which ends the upload; errors of the stores, and limits of the caller,
    ///   after which it can be tried again.
    func finish(_ upload: ResumableUpload, by caller: ChatCaller) async throws -> ResumableUpload {
        if upload.content.isPartial {
            var whole = try await assemble(upload)
            do { try await checkDigest(of: whole) } catch {
                // Where this fails, it ends when it expires.
                if isFinal(error) { _ = try? await end(whole) }
                throw error
            }
            whole.content.state = .whole
            return try await record(whole)
        }
        let named = try await nameResult(of: upload)
        let result = named.content.result ?? named.id
        do {
            if try await !call.isMade(result, by: caller) { try await make(result, of: named, by: caller) }
        } catch {
            // Another node was faster.
            guard try await !call.isMade(result, by: caller) else { return try await published(named, as: result) }
            if isFinal(error) { _ = try? await end(named) }
            throw error
        }
        return try await published(named, as: result)
    }

    /// The upload with the ID of what it makes, which is recorded before anything is made.
    private func nameResult(of upload: ResumableUpload) async throws -> ResumableUpload {
        guard upload.content.result == nil else { return upload }
        let id = call.newID(for: upload.id)
        guard id != upload.id else { return upload }
        var named = upload
        named.content.result = id
        return try await record(named)
    }

    /// Ends an upload and deletes what has arrived of it. Returns whether it did; `false` when another process has changed it.
    /// - Throws: errors of the stores; what is not deleted then is when the upload expires.
    func end(_ upload: ResumableUpload) async throws -> Bool {
        // It may have been recorded since by this request.
        guard var current = try await store.resumableUpload(upload.id, in: upload.dialect) else { return true }
        if current.content.state == .ended { return true }
        current.content.state = .ended
        current.countedBytes = nil
        guard try await store.replace(current) else { return false }
        try await files.deleteAll(of: current)
        return true
    }

    /// Whether an error says that the file will never be accepted.
    func isRejection(_ error: any Error) -> Bool {
        switch error {
        case let error as MediaError:
            ![.busy, .internal, .storage, .outOfResources, .interrupted, .cancelled, .scanUnavailable]
                .contains(error.code)
        case let error as APIError: [.mediaUnsupported, .invalidField].contains(error.code)
        default: false
        }
    }

    /// Whether an error at the end says that nothing will ever be made of the upload.
    private func isFinal(_ error: any Error) -> Bool {
        guard !(error is MediaError) else { return isRejection(error) }
        let transient: [APIError.Code] = [
            .busy, .internalError, .storeUnavailable, .readOnly, .storeFull, .rateLimited, .limitExceeded,
            .uploadLocked, .clientGone, .translationUnavailable, .scanUnavailable,
            // Another attempt at the same request goes on with it.
            .requestUnderway, .idempotencyKeyReused,
        ]
        return !transient.contains(APIError(error).code)
    }

    private func make(_ id: String, of upload: ResumableUpload, by caller: ChatCaller) async throws {
        let upload = try await assemble(upload)
        let content = upload.content
        let source = try UploadFiles.key(content.key)
        try await checkDigest(of: upload)
        let file = ReceivedFile(
            source: source, size: content.offset,
            fields: try TusMetadata(content.metadata).fields(size: content.length), owner: caller.id,
            validator: validator,
            publisher: publisher)
        try await call.make(id, of: file, by: caller)
    }

    /// Compares the whole of an upload, which is one object now, with what the client has said of it.
    /// - Throws: ``APIError`` `digestMismatch`; errors of the store.
    private func checkDigest(of upload: ResumableUpload) async throws {
        guard let expected = upload.content.expectedSHA256 else { return }
        let found = try await validator.sha256(
            of: try UploadFiles.key(upload.content.key), size: upload.content.offset)
        if found != expected { throw APIError.digestMismatch }
    }

    /// Deletes what the upload was made of, and records that it has become a medium or a message: in that order, so that nothing is left when this
    /// process ends in between, and the client asks again.
    private func published(_ upload: ResumableUpload, as result: String) async throws -> ResumableUpload {
        do {
            try await files.deleteAll(of: upload)
            for id in upload.content.sources ?? [] {
                if let source = try await store.resumableUpload(id, in: upload.dialect) { _ = try await end(source) }
            }
        } catch {
            // It is deleted when the uploads expire.
            logger.debug("parts of an upload stay", ["upload": upload.id, "cause": "\(error)"])
        }
        var current = try await store.resumableUpload(upload.id, in: upload.dialect) ?? upload
        if current.content.state == .open {
            current.content.state = .published(media: result)
            current.countedBytes = nil
            // Where another node was faster, that is what it recorded.
            if try await store.replace(current) { current.version += 1 }
        }
        return current
    }

    /// Makes one object of the parts and what is behind them, unless that was done.
    private func assemble(_ upload: ResumableUpload) async throws -> ResumableUpload {
        var upload = upload
        let key = try UploadFiles.key(upload.content.key)
        if try await files.objects.info(key)?.size == upload.content.offset { return upload }
        var write = try upload.content.partwiseWrite()
        if !upload.content.tail.isEmpty {
            let begun: PartwiseWrite
            if let write {
                begun = write
            } else {
                begun = try await files.objects.beginParts(key, attributes: UploadFiles.attributes)
            }
            let tail = upload.content.tail
            let part = try await files.objects.writePart(
                upload.content.parts.count, of: begun, try await files.chunks(of: tail))
            upload.content.write = begun.id
            upload.content.parts.append(ResumableUpload.Part(size: part.size, etag: part.etag))
            upload.content.tail = []
            upload = try await record(upload)
            write = begun
            await files.delete(tail)
        }
        guard let write else { throw APIError.uploadGone }
        do throws(ObjectStoreError) {
            let parts = upload.content.parts.map { ObjectPart(size: $0.size, etag: $0.etag) }
            _ = try await files.objects.completeParts(write, parts: parts, attributes: UploadFiles.attributes)
        } catch {
            // It may have been completed by a process that has crashed since, or by another node.
            if try await files.objects.info(key)?.size == upload.content.offset { return upload }
            if error.code == .notFound { throw APIError.uploadGone }
            throw error
        }
        return upload
    }
}
