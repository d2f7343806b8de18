import ChatBridge
import Foundation
import HTTPServer
import JSON
import Logging
import MediaAPI
import MediaModel
import MediaWorker

/// The media routes of the chat API, as the dialect's reference defines them.
package struct ImageKitMediaRoutes: Sendable {
    let service: ImageKitService
    let uploads: UploadReceiver
    let publisher: MediaPublisher
    let keyGenerator: ObjectKeyGenerator
    let keys: ImageKitKeys
    let policy: MediaPolicy
    let logger: Logger

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        let base = "/api/media"
        routes.on(.post, base + "/upload-chat-media", .uploadMedia, upload)
        routes.on(.post, base + "/bulk-upload", .uploadSeveral, uploadSeveral)
        routes.on(.get, base + "/get-upload-token", .uploadToken) { _, _, caller in token(for: caller) }
        routes.on(.get, base + "/:fileId/metadata", .mediaMetadata) { _, path, caller in
            success("Metadata retrieved", try await service.metadata(of: path.text("fileId"), for: caller))
        }
        routes.on(.post, base + "/delete", .deleteMedia) { request, _, caller in
            guard let id = try await request.json()["fileId"]?.stringValue else {
                throw APIError.missing("fileId", "the file to delete")
            }
            try await service.deleteFile(id, by: caller)
            return success("File deleted successfully")
        }
    }

    private func upload(_ request: HTTPRequest, _: PathParameters, _ caller: ChatCaller) async throws -> HTTPResponse {
        let form = try await uploads.receive(
            request,
            UploadFormSpecification(
                fileField: "file", policy: policy, sender: { UploadSender(.imagekit, caller.id) }, key: key(),
                required: Self.required, check: check(caller)))
        guard let file = form.file else { throw APIError(code: .internalError, message: "There is no file") }
        return success("File uploaded successfully", try await publish(file, form.fields, caller))
    }

    private func uploadSeveral(
        _ request: HTTPRequest, _: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        let batch = try await uploads.receiveBatch(
            request,
            UploadBatchSpecification(
                fileFields: ["files", "files[]"], policy: policy, sender: UploadSender(.imagekit, caller.id),
                maximumFiles: service.limits.maximumFiles, maximumBytes: service.limits.maximumBatchBytes, key: key,
                required: Self.required, check: check(caller))
        )
        var (kept, failures): ([JSONValue], [JSONValue]) = ([], [])
        func fail(_ name: String?, _ error: APIError) {
            error.log(request, logger)
            failures.append(failure(name, error))
        }
        for file in batch.files {
            do {
                switch file {
                case .validated(let media): kept.append(try await publish(media, batch.fields, caller))
                case .rejected(let name, let error): fail(name, error)
                }
            } catch {
                fail(nil, APIError(error))
            }
        }
        return .json(
            ImageKitEnvelope.success(
                "\(kept.count) file(s) uploaded, \(failures.count) failed", .array(kept),
                [
                    "success": .bool(!kept.isEmpty), "errors": .array(failures),
                    "summary": [
                        "totalAttempted": .integer(batch.files.count), "successful": .integer(kept.count),
                        "failed": .integer(failures.count),
                    ],
                ]))
    }

    private func token(for caller: ChatCaller) -> HTTPResponse {
        let token = ImageKitToken.make(for: caller.id)
        let expire =
            Int(saturating: keyGenerator.now().timeIntervalSince1970, within: 0...1 << 48)
            + service.limits.tokenLifetime
        return success(
            "Upload token generated",
            [
                "token": .string(token), "expire": .integer(expire),
                "signature": .string(keys.signature(token: token, expire: String(expire))),
                "publicKey": .string(keys.publicKey), "urlEndpoint": .string(keys.urlEndpoint),
            ])
    }

    private static let required = ["chatId": "the chat that the file is for"]

    /// Checks the `chatId` field as soon as it arrives: the caller must be a member of the chat, and the chat must be
    /// open.
    private func check(_ caller: ChatCaller) -> @Sendable (String, String) async throws -> Void {
        { [service] name, text in
            if name == "chatId", !text.isEmpty { try await service.openChat(text, for: caller) }
        }
    }

    private func key() -> String { keyGenerator.key(Dialect.imagekit.rawValue, "chat") }

    private func publish(
        _ file: ValidatedUpload, _ fields: [String: String], _ caller: ChatCaller
    ) async throws -> JSONValue {
        try await publisher.publish(file, of: caller.id) { record in
            var record = record
            record.details = ImageKitMetadata.details(file.inspection)
            return try await service.storeFile(record, of: caller, for: fields["chatId"] ?? "")
        }
    }

    private func failure(_ name: String?, _ error: APIError) -> JSONValue {
        ["fileName": JSONValue(name), "message": .string(error.message), "error": .string(error.code.rawValue)]
    }

    private func success(_ message: String, _ data: JSONValue? = nil) -> HTTPResponse {
        .json(ImageKitEnvelope.success(message, data, ["success": true]))
    }
}
