import ChatBridge
import Foundation
import MediaAPI
import MediaModel
import MediaWorker
import ObjectStore

/// The files of the dialect: presigned URLs, with which clients access the object store directly, and the validation of
/// what they upload.
///
/// A client can write its object as long as its URL is valid, also after the object was validated. Therefore objects
/// are never served from the upload key: validated content, identified by its entity tag, is copied to a key for which
/// no upload URL exists. The upload key is watched until its URL has expired, and whatever is written to it later is deleted.
struct IntokFiles: Sendable {
    private let objects: any ObjectStore
    private let validator: DirectUploadValidator
    private let publisher: MediaPublisher
    private let keyGenerator: ObjectKeyGenerator
    private let policies: IntokMediaPolicies
    private let now: @Sendable () -> Date
    private let limits: RequestLimits
    private let authorizer: UploadAuthorizer?

    init(_ context: DialectContext, limits: IntokLimits) {
        objects = context.objects
        validator = context.stored
        publisher = context.publisher
        keyGenerator = context.keyGenerator
        policies = IntokMediaPolicies(limits: limits, previews: context.previews)
        now = context.now
        self.limits = context.limits
        authorizer = context.authorizer
    }

    /// The functions that the dialect's operations need.
    func forService(at publicURL: String) -> IntokService.Files {
        IntokService.Files(
            uploadURL: { key, contentType, size, seconds in
                try address(of: key, .put(contentType: contentType, length: size), seconds: seconds)
            },
            downloadURL: { key, seconds in try address(of: key, .get, seconds: seconds) },
            accept: { upload, show in try await accept(upload, show) },
            count: { bytes, user, body in try await limits.count(bytes: bytes, of: user, body) },
            authorize: { upload, contentType, path in
                try checkDeclaration(of: upload)
                try await authorizer?.authorize(question(upload, contentType, path))
            },
            isStored: { key in try await objects.info(key.asObjectKey) != nil },
            copy: { source, upload in
                guard let info = try await objects.info(source) else {
                    throw ObjectStoreError(.notFound, "There is no object \(source).")
                }
                _ = try await objects.copy(
                    info, to: upload.key.asObjectKey, attributes: ObjectAttributes(contentType: upload.mimeType))
            }, publicURL: publicURL)
    }

    private func address(of key: String, _ method: PresignedMethod, seconds: Int) throws -> String {
        try objects.presignedURL(key.asObjectKey, method: method, expires: now().addingTimeInterval(Double(seconds)))
    }

    /// Checks what a client declares of a file by the limits of the settings; the dialect's own have been checked.
    private func checkDeclaration(of upload: PresignedUpload) throws {
        guard let type = IntokMediaType(upload.mimeType) else { return }
        let policy = policies.policy(for: upload, type).narrowed(by: validator.limits)
        try policy.validate(
            DeclaredFile(mimeType: type.mimeType, fileExtension: type.fileExtension, size: upload.fileSize))
    }

    private func question(_ upload: PresignedUpload, _ contentType: String, _ path: String) -> UploadQuestion {
        var question = UploadQuestion(.direct, UploadSender(.intok, upload.owner), path: path)
        if let conversation = upload.conversation { question.fields["conversationId"] = conversation }
        (question.name, question.contentType, question.size) = (upload.originalName, contentType, upload.fileSize)
        return question
    }

    private func accept(
        _ upload: PresignedUpload, _ show: @escaping @Sendable (MediaRecord) async throws -> Void
    ) async throws {
        let source = try upload.key.asObjectKey
        let media = try await validate(upload, source)
        try await publisher.publish(media, of: upload.owner, show: show)
        await discard(source)
    }

    /// Deletes the object that a client wrote. Its key is watched until its URL has expired: an object that is written there
    /// again, or whose deletion fails here, is deleted later.
    private func discard(_ source: ObjectKey) async { try? await objects.delete([source]) }

    private func validate(_ upload: PresignedUpload, _ source: ObjectKey) async throws -> ValidatedUpload {
        guard let type = IntokMediaType(upload.mimeType) else {
            throw APIError(code: .internalError, message: "The upload is of no type that is accepted")
        }
        do throws(MediaError) {
            return try await validator.validate(
                source,
                declared: DeclaredFile(
                    mimeType: type.mimeType, fileExtension: type.fileExtension, size: upload.fileSize,
                    name: upload.originalName),
                key: keyGenerator.key(Dialect.intok.rawValue, type.category.rawValue),
                policy: policies.policy(for: upload, type))
        } catch {
            switch error.code {
            case .storage where (error.cause as? ObjectStoreError)?.code == .notFound:
                throw APIError(
                    code: .invalidField, message: "The file is not there: PUT it to its uploadUrl first", cause: error)
            case _ where error.code.isTransient: throw error
            default:
                await discard(source)
                throw error
            }
        }
    }
}

extension String {
    fileprivate var asObjectKey: ObjectKey {
        get throws {
            guard let key = ObjectKey(validating: self) else { throw ObjectStoreError(.invalidKey, "No key: \(self)") }
            return key
        }
    }
}
