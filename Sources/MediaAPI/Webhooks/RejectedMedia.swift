import ChatBridge
import Foundation
import JSON
import Logging

/// Records files that were not accepted, for webhooks.
struct RejectedMedia: Sendable {
    /// Who sends the files of the current request.
    struct Source: Sendable {
        /// `nil` for the native API.
        var dialect: Dialect?
        var user: String
    }

    /// The codes of files that are not accepted for what they are; other errors say nothing of a file.
    private static let codes: Set<APIError.Code> = [
        .mediaTooLarge, .mediaTooLong, .mediaEmpty, .mediaUnsupported, .mediaUnreadable, .mediaTooComplex,
        .metadataLeft, .infected,
    ]

    @TaskLocal private static var source: Source?

    let store: any WebhookStore
    let now: @Sendable () -> Date
    /// Called when there is something to deliver.
    let wake: @Sendable () -> Void
    let logger: Logger

    /// Performs `body` for the request of a source, and records the file for which it throws.
    /// - Throws: what `body` throws.
    func recording<Result>(_ source: Source, _ body: () async throws -> Result) async throws -> Result {
        try await Self.$source.withValue(source) {
            do {
                return try await body()
            } catch {
                await record(error, name: nil)
                throw error
            }
        }
    }

    /// Records a file that was rejected with this error, if it was for what the file is.
    func record(_ error: any Error, name: String?) async {
        let error = APIError(error)
        guard Self.codes.contains(error.code), let source = Self.source else { return }
        let id = WebhookEvent.newID()
        let event = WebhookEvent(
            id: id, kind: .mediaRejected, dialect: source.dialect, subject: "rejected:\(id)",
            payload: [
                "user": .string(source.user), "code": .string(error.code.rawValue), "detail": .string(error.message),
                "originalName": JSONValue(name),
            ])
        do {
            try await store.write([event], at: now())
            wake()
        } catch {
            logger.warning("a webhook of a rejected file is lost", ["error": "\(error)"])
        }
    }
}
