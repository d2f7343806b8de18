import ChatBridge
import JSON
import Jobs
import MediaModel
import MediaWorker
import ObjectStore

/// Registers an object that was written by others as a medium, on request.
struct MediaImports: Sendable {
    let importer: MediaImporter
    /// Asks the chat server whether it accepts a medium; `nil` where it is not asked.
    let authorizer: UploadAuthorizer?

    /// Registers the object of a body `{key: KEY, kind?}`, within the limits that it sets. Returns its medium, also one that it has already.
    /// - Throws: ``APIError`` `invalidField`, `notFound` when there is no such object, `busy` when it is about to be written or deleted; why the
    ///   object is not accepted, by the chat server too; errors of the stores.
    func register(_ body: JSONValue, by sender: UploadSender, path: String) async throws -> (
        media: MediaItem, isNew: Bool
    ) {
        guard let key = body["key"]?.stringValue.flatMap(ObjectKey.init(validating:)) else {
            throw APIError.invalid(
                "key", "is the key of an object: letters, digits, dots, hyphens, underscores and slashes")
        }
        guard key.mayBeImported else {
            throw APIError.invalid("key", "is that of a part of an upload, or of a preview")
        }
        let kind = try kind(body["kind"])
        let limits = try RequestedLimits.parse(body)
        var question = UploadQuestion(.registration, sender, path: path)
        question.fields["key"] = key.rawValue
        if let kind { question.fields["kind"] = kind.rawValue }
        try await authorizer?.authorize(question)
        let origin = ImportOrigin(owner: sender.user, kind: kind)
        switch try await importer.register(key, as: origin, within: limits) {
        case .registered(let media): return (media, true)
        case .known(let media?): return (media, false)
        case .known(nil): throw APIError.invalid("key", "is that of a message's file, or of a preview")
        case .inUse:
            throw APIError(code: .busy, message: "The object is about to be written or deleted; try again later")
        }
    }

    private func kind(_ value: JSONValue?) throws(APIError) -> MediaKind? {
        guard let value, !value.isNull else { return nil }
        guard let kind = value.stringValue.flatMap(MediaKind.init(rawValue:)) else {
            throw .invalid("kind", "is \(MediaKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return kind
    }
}
