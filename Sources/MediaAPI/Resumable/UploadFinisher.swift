import ChatBridge
import Logging
import MediaModel
import MediaWorker
import ObjectStore

/// Makes media of uploads whose bytes have all arrived. Every step may be repeated, also by another process at the same time:
/// the medium has the upload's ID, and there is one of each.
struct UploadFinisher: Sendable {
    let store: any ResumableUploadStore & MediaRepository
    let files: UploadFiles
    let validator: DirectUploadValidator
    let policy: MediaPolicy
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

    /// Publishes the upload's file, or makes one object of a partial upload.
    /// - Throws: why the file is rejected, which ends the upload; errors of the stores, after which it can be tried again.
    func finish(_ upload: ResumableUpload) async throws -> ResumableUpload {
        do {
            if upload.content.isPartial {
                var whole = try await assemble(upload)
                whole.content.state = .whole
                return try await record(whole)
            }
            if try await store.media(upload.id) == nil { try await publish(upload) }
        } catch {
            // Another node was faster.
            guard try await store.media(upload.id) == nil else { return try await published(upload) }
            if isRejection(error) || (error as? APIError)?.code == .uploadGone { _ = try? await end(upload) }
            throw error
        }
        return try await published(upload)
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
            ![.busy, .internal, .storage, .outOfResources, .interrupted, .cancelled].contains(error.code)
        case let error as APIError: error.code == .mediaUnsupported
        default: false
        }
    }

    private func publish(_ upload: ResumableUpload) async throws {
        let upload = try await assemble(upload)
        let source = try UploadFiles.key(upload.content.key)
        let metadata = try TusMetadata(upload.content.metadata)
        let validated = try await validator.validate(
            source, size: upload.content.offset, name: try metadata.filename,
            key: keyGenerator.key("media", "file"), policy: policy)
        do {
            try metadata.text("kind").map(RequestedKind.init)?.check(validated.inspection.kind)
        } catch {
            await validated.abort()
            throw error
        }
        _ = try await publisher.publish(validated) { record in
            try await store.save(
                MediaItem(id: upload.id, owner: upload.owner, record: record, createdAt: keyGenerator.now()))
        }
    }

    /// Records that the upload has become a medium, and deletes what it was made of.
    private func published(_ upload: ResumableUpload) async throws -> ResumableUpload {
        var current = try await store.resumableUpload(upload.id, in: upload.dialect) ?? upload
        if current.content.state == .open {
            current.content.state = .published(media: upload.id)
            current.countedBytes = nil
            // Where another node was faster, that is what it recorded.
            if try await store.replace(current) { current.version += 1 }
        }
        do {
            try await files.deleteAll(of: current)
            for id in current.content.sources ?? [] {
                if let source = try await store.resumableUpload(id, in: upload.dialect) { _ = try await end(source) }
            }
        } catch {
            // It is deleted when the uploads expire.
            logger.debug("parts of an upload stay", ["upload": upload.id, "cause": "\(error)"])
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
