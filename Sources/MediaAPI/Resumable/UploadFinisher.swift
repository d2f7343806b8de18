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
            do { try await checkDigest(of: whole) } catch { try await fail(whole, with: error) }
            whole.content.state = .whole
            return try await record(whole)
        }
        let named = try await nameResult(of: upload)
        let result = named.content.result ?? named.id
        // As it was recorded last by this attempt.
        var latest = named
        do {
            if try await !call.isMade(result, by: caller) {
                latest = try await assemble(named)
                try await make(result, of: latest, by: caller)
            }
        } catch {
            // Another node was faster.
            guard try await !call.isMade(result, by: caller) else { return try await published(latest, as: result) }
            try await fail(latest, with: error)
        }
        return try await published(latest, as: result)
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

    /// Ends an attempt that has failed, and the upload where nothing will ever be made of it.
    /// - Parameter upload: as this attempt has recorded it last.
    /// - Throws: `error`; ``APIError`` `uploadLocked` where something was missing, or the upload would end, but another process has changed that
    ///   since: what this attempt missed may be what the other has used.
    func fail(_ upload: ResumableUpload, with error: any Error) async throws -> Never {
        let isMissing = (error as? ObjectStoreError)?.code == .notFound
        guard isMissing || isFinal(error) else { throw error }
        let hasEnded: Bool
        do {
            hasEnded = try await isOver(upload, isEnding: !isMissing)
        } catch {
            logger.debug("an upload ends when it expires", ["upload": upload.id, "cause": "\(error)"])
            hasEnded = true
        }
        if hasEnded { throw error }
        throw APIError.uploadLocked
    }

    /// Whether nothing will be made of an upload, as it was recorded last by the attempt that has failed, because of that failure.
    /// - Parameter isEnding: whether it is to end.
    private func isOver(_ upload: ResumableUpload, isEnding: Bool) async throws -> Bool {
        guard let current = try await store.resumableUpload(upload.id, in: upload.dialect),
            current.content.state != .ended
        else { return true }
        guard current.version == upload.version else { return false }
        return isEnding ? try await end(current) : true
    }

    /// Ends an upload as it was read, and deletes what has arrived of it. Returns whether it has ended; `false` when another process has
    /// changed it since.
    /// - Throws: errors of the stores; what is not deleted then is when the upload expires.
    func end(_ upload: ResumableUpload) async throws -> Bool {
        var current = upload
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
        case let error as MediaError: !error.code.isTransient
        case let error as APIError: [.mediaUnsupported, .invalidField].contains(error.code)
        default: false
        }
    }

    /// Whether an error says that nothing will ever be made of the upload.
    private func isFinal(_ error: any Error) -> Bool {
        switch error {
        case is MediaError: return isRejection(error)
        // Another attempt may have used up what was not found, and finds it where it is now.
        case is ObjectStoreError: return false
        case let error as ChatError:
            switch error.reason {
            case .objectDeleted, .reservationReleased: return false
            default: break
            }
        default: break
        }
        let transient: [APIError.Code] = [
            .busy, .internalError, .storeUnavailable, .readOnly, .storeFull, .rateLimited, .limitExceeded,
            .uploadLocked, .clientGone, .translationUnavailable, .scanUnavailable,
            // Another attempt at the same request goes on with it.
            .requestUnderway, .idempotencyKeyReused,
        ]
        return !transient.contains(APIError(error).code)
    }

    /// Makes what the upload, which is one object now, is for.
    private func make(_ id: String, of upload: ResumableUpload, by caller: ChatCaller) async throws {
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
            let part: ObjectPart
            do {
                part = try await files.objects.writePart(
                    upload.content.parts.count, of: begun, try await files.chunks(of: tail))
            } catch let error as ObjectStoreError where error.code == .notFound {
                throw APIError.uploadGone
            }
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
