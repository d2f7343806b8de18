import ChatBridge
import Crypto
import Foundation
import HTTPServer
import MediaModel
import MediaWorker
import ObjectStore

/// Uploads that may be interrupted and continued. What a protocol says of them in its own words, such as ``TusRoutes``, is
/// done here.
struct ResumableUploads: Sendable {
    /// Uploads of the native API.
    static let native = Dialect.native

    /// The API that they belong to.
    let dialect: Dialect
    /// What they end in.
    let call: any ResumableCall
    let store: any ResumableUploadStore
    let files: UploadFiles
    let finisher: UploadFinisher
    let settings: ResumableSettings
    let keyGenerator: ObjectKeyGenerator
    /// Asks the chat server whether it accepts an upload; `nil` where it is not asked.
    let authorizer: UploadAuthorizer?
    let active: ActiveUploads
    /// The memory that parts of all resumable uploads share.
    let memory: MemoryBudget

    /// What a client wants to upload.
    struct Request: Sendable {
        /// The protocol.
        var way: UploadWay
        /// The path of the request.
        var path: String
        /// The owner of the upload.
        var caller: ChatCaller
        /// Whether the chat server uploads for itself; then no allowance applies.
        var isService: Bool
        /// The size of the file, in bytes; `nil` when the client will say later.
        var length: Int?
        /// The size that the client announces, where it will say later that the file is complete.
        var announcedLength: Int?
        /// What the client says of the file, as it was sent.
        var metadata: String?
        /// The SHA-256 of the whole file, where the client says it.
        var sha256: [UInt8]?
        var isPartial = false
        /// The IDs of the partial uploads that the file is made of.
        var sources: [String]?
    }

    /// Begins an upload.
    /// - Throws: ``APIError`` when it is not valid, or too large, or the chat server does not accept it; `limitExceeded` when the owner has too
    ///   many open.
    func create(_ request: Request) async throws -> ResumableUpload {
        var length = request.length
        var sources: [ResumableUpload] = []
        if let ids = request.sources {
            sources = try await partialUploads(ids, request)
            if let begun = try await upload(madeOf: sources, request.metadata) { return begun }
            length = sources.reduce(0) { $0 + ($1.content.length ?? 0) }
        }
        if let length, length <= 0 { throw APIError.invalid("Upload-Length", "is a number of bytes from 1") }
        let size = length ?? request.announcedLength
        let fields = try TusMetadata(request.metadata).fields(size: size)
        // What a partial upload is for is said with the whole file.
        let policy = request.isPartial ? nil : try policy(fields)
        let maximum = policy?.largestFile ?? maximumBytes
        if let size, let error = sizeError(size, policy) { throw error }
        if !request.isPartial { try await call.check(fields, by: request.caller) }
        try await authorizer?.authorize(question(request, fields))
        let now = keyGenerator.now()
        let id = keyGenerator.ids.next(at: now).description
        // The parts of a file that is made of others have been counted.
        let isCounted = !request.isService && request.sources == nil
        var upload = ResumableUpload(
            id: id, dialect: dialect, owner: request.caller.id,
            countedBytes: isCounted ? size ?? maximum : nil, createdAt: now,
            expires: now.addingTimeInterval(TimeInterval(settings.lifetime.components.seconds)),
            content: ResumableUpload.Content(
                length: length, metadata: request.metadata, key: UploadFiles.key(of: id, in: dialect),
                isPartial: request.isPartial, sources: request.sources))
        upload.content.announcedLength = request.announcedLength
        upload.content.expectedSHA256 = request.sha256.map(hexEncode)
        let inserted = try await store.insert(upload, within: isCounted ? settings.allowance : nil)
        do {
            try await reserve(sources, for: inserted.id)
        } catch {
            // Another request was faster. Where this fails, it ends when it expires.
            _ = try? await finisher.end(inserted)
            throw error
        }
        return inserted
    }

    /// Performs `operation` on the upload `id`, as it is recorded, as soon as no other request of this process does. The request that works on it
    /// is ended.
    /// - Throws: as ``upload(_:for:)``, before anything of another's upload is ended; what `operation` throws.
    func perform<Result: Sendable>(
        on id: String, by caller: ChatCaller?, end: @escaping @Sendable () -> Void = {},
        _ operation: @escaping @Sendable (ResumableUpload) async throws -> Result
    ) async throws -> Result {
        _ = try await upload(id, for: caller)
        return try await active.perform(on: id, end: end) { try await operation(try await upload(id, for: caller)) }
    }

    private func question(_ request: Request, _ fields: ResumableFields) -> UploadQuestion {
        let sender = UploadSender(
            dialect == Self.native ? nil : dialect, request.caller.id, isService: request.isService)
        var question = UploadQuestion(request.way, sender, path: request.path)
        question.fields = fields.values
        question.name = fields.filename ?? fields.values["fileName"]
        question.contentType = fields.values["contentType"] ?? fields.values["filetype"]
        (question.size, question.isPartial) = (fields.size, request.isPartial)
        return question
    }

    /// The upload of that ID, as it is recorded; it goes on.
    /// - Parameter caller: the user for whom it is asked; `nil` for the chat server, which may ask for all.
    /// - Throws: ``APIError`` `notFound`, `uploadGone`.
    func upload(_ id: String, for caller: ChatCaller?) async throws -> ResumableUpload {
        guard let upload = try await store.resumableUpload(id, in: dialect),
            caller == nil || upload.owner == caller?.id
        else { throw APIError(code: .notFound, message: "There is no such upload") }
        guard upload.content.state != .ended, keyGenerator.now() < upload.expires else { throw APIError.uploadGone }
        return upload
    }

    /// How far the upload is. A request that still receives bytes is ended first, and what it has received is recorded; an upload
    /// whose bytes are all there is finished.
    /// - Throws: as ``upload(_:for:)``; why the file is rejected.
    func settled(_ id: String, by caller: ChatCaller?) async throws -> ResumableUpload {
        try await perform(on: id, by: caller) { try await settle($0, by: caller) }
    }

    /// Cancels the upload, and deletes what has arrived of it. What it has become stays.
    /// - Throws: as ``upload(_:for:)``; errors of the stores.
    func cancel(_ id: String, by caller: ChatCaller?) async throws {
        try await perform(on: id, by: caller) { upload in
            var current = upload
            // Another node may be changing it.
            while try await !finisher.end(current) { current = try await self.upload(id, for: caller) }
        }
    }

    /// Finishes an upload of which all bytes are there.
    func settle(_ upload: ResumableUpload, by caller: ChatCaller?) async throws -> ResumableUpload {
        guard upload.content.state == .open else { return upload }
        var upload = upload
        if let sources = upload.content.sources, !upload.content.isComplete {
            upload = try await concatenate(sources, to: upload)
        }
        guard upload.content.isComplete else { return upload }
        return try await finisher.finish(upload, by: caller ?? ChatCaller(id: upload.owner))
    }

    /// Checks the first bytes of the file.
    /// - Throws: why it is rejected.
    func checkHead(_ head: [UInt8], of upload: ResumableUpload) throws {
        guard !upload.content.isPartial else { return }
        let fields = try fields(upload.content)
        let kind = try policy(fields).validateHead(head, filename: fields.filename, size: fields.size)
        if let kind { try call.check(kind, fields) }
    }

    /// The size of the largest file that an upload may be, in bytes.
    func maximumBytes(_ content: ResumableUpload.Content) throws -> Int {
        content.isPartial ? maximumBytes : try policy(try fields(content)).largestFile
    }

    /// Why a file of `size` bytes is too large; `nil` where it is not.
    /// - Throws: what the ordinary call throws for fields that are not valid.
    func sizeError(_ size: Int, of content: ResumableUpload.Content) throws -> APIError? {
        try sizeError(size, content.isPartial ? nil : policy(try fields(content)))
    }

    /// - Parameter policy: that of the file; `nil` where it is part of another.
    private func sizeError(_ size: Int, _ policy: MediaPolicy?) -> APIError? {
        guard let policy else { return size > maximumBytes ? APIError(Self.tooLarge(maximumBytes)) : nil }
        do throws(MediaError) {
            try policy.validate(nil, bytes: size)
            return nil
        } catch {
            return APIError(error)
        }
    }

    /// The size of the largest file of any kind that is accepted, in bytes.
    var maximumBytes: Int { finisher.validator.limits.largestFile(within: call.maximumBytes) }

    /// Which files are accepted with these fields, within the limits of the settings.
    private func policy(_ fields: ResumableFields) throws -> MediaPolicy {
        try call.policy(fields).narrowed(by: finisher.validator.limits)
    }

    private func fields(_ content: ResumableUpload.Content) throws -> ResumableFields {
        try TusMetadata(content.metadata).fields(size: content.length ?? content.announcedLength)
    }

    static func tooLarge(_ limit: Int) -> MediaError {
        MediaError(.tooLarge, "The file is larger than \(limit) bytes", limit: Double(limit))
    }
}
