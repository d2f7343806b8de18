import ChatBridge
import Foundation
import MediaAPI
import MediaModel
import MediaWorker
import ObjectStore

/// The files of the dialect: signed addresses, at which clients reach the store themselves, and what becomes of what they
/// put there.
///
/// A client may write its object for as long as its address works, also after it was judged. So nothing is ever shown from
/// there: what was judged is copied to a key that no address can write, and only that very content (its entity tag). What
/// is written later stays reserved, until it is swept.
struct IntokFiles: Sendable {
    private let objects: any ObjectStore
    private let intake: DirectUploadValidator
    private let landing: MediaPublisher
    private let naming: ObjectKeyGenerator
    private let policies: IntokMediaPolicies
    private let now: @Sendable () -> Date

    init(_ parts: DialectContext, limits: IntokLimits) {
        objects = parts.objects
        intake = parts.stored
        landing = parts.landing
        naming = parts.naming
        policies = IntokMediaPolicies(limits: limits, previews: parts.previews)
        now = parts.now
    }

    /// What the dialect's verbs need of it.
    func forService(at publicURL: String) -> IntokService.Files {
        IntokService.Files(
            uploadURL: { key, contentType, size, seconds in
                try address(of: key, .put(contentType: contentType, length: size), seconds: seconds)
            },
            downloadURL: { key, seconds in try address(of: key, .get, seconds: seconds) },
            take: { ticket, show in try await take(ticket, show) },
            isStored: { key in try await objects.info(key.asObjectKey) != nil }, publicURL: publicURL)
    }

    private func address(of key: String, _ method: PresignedMethod, seconds: Int) throws -> String {
        try objects.presignedURL(key.asObjectKey, method: method, expires: now().addingTimeInterval(Double(seconds)))
    }

    private func take(
        _ ticket: PresignedUpload, _ show: @escaping @Sendable (MediaRecord) async throws -> Void
    ) async throws {
        let source = try ticket.key.asObjectKey
        let media = try await judge(ticket, source)
        try await landing.land(media, show: show)
        // Its place stays reserved: if the client writes it again, or this fails, it is swept later.
        try? await objects.delete([source])
    }

    private func judge(_ ticket: PresignedUpload, _ source: ObjectKey) async throws -> ValidatedUpload {
        guard let type = IntokMediaType(ticket.mimeType) else {
            throw APIError(code: .internalError, message: "The upload is of no type that is taken")
        }
        do throws(MediaError) {
            return try await intake.validate(
                source,
                declared: DeclaredFile(
                    mimeType: type.mimeType, fileExtension: type.fileExtension, size: ticket.fileSize,
                    name: ticket.originalName),
                key: naming.key(Dialect.intok.rawValue, type.category.rawValue),
                policy: policies.policy(for: ticket, type))
        } catch {
            switch error.code {
            case .busy, .internal: throw error
            case .storage:
                guard (error.cause as? ObjectStoreError)?.code == .notFound else { throw error }
                throw APIError(
                    code: .invalidField, message: "The file is not there: PUT it to its uploadUrl first", cause: error)
            default:
                try? await objects.delete([source])
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
