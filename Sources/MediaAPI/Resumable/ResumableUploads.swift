import ChatBridge
import Foundation
import HTTPServer
import MediaModel
import MediaWorker
import ObjectStore

/// Uploads that may be interrupted and continued. What a protocol says of them in its own words, such as ``TusRoutes``, is
/// done here.
struct ResumableUploads: Sendable {
    /// The uploads of the native API.
    static let dialect = Dialect(rawValue: "native")

    let store: any ResumableUploadStore
    let files: UploadFiles
    let finisher: UploadFinisher
    let policy: MediaPolicy
    let settings: ResumableSettings
    let keyGenerator: ObjectKeyGenerator
    let active = ActiveUploads()

    /// What a client wants to upload.
    struct Request: Sendable {
        var owner: String
        /// Whether the chat server uploads for itself; then no allowance applies.
        var isService: Bool
        /// The size of the file, in bytes; `nil` when the client will say later.
        var length: Int?
        /// What the client says of the file, as it was sent.
        var metadata: String?
        var isPartial = false
        /// The IDs of the partial uploads that the file is made of.
        var sources: [String]?
    }

    /// Begins an upload.
    /// - Throws: ``APIError`` when it is not valid, or too large; `limitExceeded` when the owner has too many open.
    func create(_ request: Request) async throws -> ResumableUpload {
        var length = request.length
        if let sources = request.sources { length = try await size(of: sources, request) }
        if let length, length > policy.maximumBytes { throw APIError(Self.tooLarge(policy.maximumBytes)) }
        if let length, length <= 0 { throw APIError.invalid("Upload-Length", "is a number of bytes from 1") }
        try checkMetadata(request)
        let now = keyGenerator.now()
        let id = keyGenerator.ids.next(at: now).description
        // The parts of a file that is made of others have been counted.
        let isCounted = !request.isService && request.sources == nil
        let upload = ResumableUpload(
            id: id, dialect: Self.dialect, owner: request.owner,
            countedBytes: isCounted ? length ?? policy.maximumBytes : nil, createdAt: now,
            expires: now.addingTimeInterval(TimeInterval(settings.lifetime.components.seconds)),
            content: ResumableUpload.Content(
                length: length, metadata: request.metadata, key: UploadFiles.key(of: id, in: Self.dialect),
                isPartial: request.isPartial, sources: request.sources))
        return try await store.insert(upload, within: isCounted ? settings.allowance : nil)
    }

    /// The upload of that ID, as it is recorded; it goes on.
    /// - Parameter owner: the user for whom it is asked; `nil` for the chat server, which may ask for all.
    /// - Throws: ``APIError`` `notFound`, `uploadGone`.
    func upload(_ id: String, owner: String?) async throws -> ResumableUpload {
        guard let upload = try await store.resumableUpload(id, in: Self.dialect), owner == nil || upload.owner == owner
        else { throw APIError(code: .notFound, message: "There is no such upload") }
        guard upload.content.state != .ended, keyGenerator.now() < upload.expires else { throw APIError.uploadGone }
        return upload
    }

    /// How far the upload is. A request that still receives bytes is ended first, and what it has received is recorded; an upload
    /// whose bytes are all there is finished.
    /// - Throws: as ``upload(_:owner:)``; why the file is rejected.
    func settled(_ id: String, owner: String?) async throws -> ResumableUpload {
        try await active.perform(on: id) {
            try await settle(try await upload(id, owner: owner))
        }
    }

    /// Cancels the upload, and deletes what has arrived of it. What it has become stays.
    /// - Throws: as ``upload(_:owner:)``; errors of the stores.
    func cancel(_ id: String, owner: String?, body: RequestBody = .empty) async throws {
        try await active.perform(on: id) {
            while true {
                // Another node may be changing it.
                guard try await !finisher.end(try await upload(id, owner: owner)) else { return }
            }
        }
    }

    /// Finishes an upload of which all bytes are there.
    func settle(_ upload: ResumableUpload) async throws -> ResumableUpload {
        guard upload.content.state == .open else { return upload }
        var upload = upload
        if let sources = upload.content.sources, !upload.content.isComplete {
            upload = try await concatenate(sources, to: upload)
        }
        guard upload.content.isComplete else { return upload }
        return try await finisher.finish(upload)
    }

    /// Checks the first bytes of the file.
    /// - Throws: why it is rejected.
    func checkHead(_ head: [UInt8], of upload: ResumableUpload) throws {
        guard !upload.content.isPartial else { return }
        let metadata = try TusMetadata(upload.content.metadata)
        let kind = try policy.validateHead(head, filename: try metadata.filename, size: upload.content.length)
        if let kind { try metadata.text("kind").map(RequestedKind.init)?.check(kind) }
    }

    private func checkMetadata(_ request: Request) throws {
        let metadata = try TusMetadata(request.metadata)
        _ = try metadata.filename
        _ = try metadata.text("kind").map(RequestedKind.init)
    }

    static func tooLarge(_ limit: Int) -> MediaError {
        MediaError(.tooLarge, "The file is larger than \(limit) bytes", limit: Double(limit))
    }
}
