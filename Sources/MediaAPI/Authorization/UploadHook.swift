import Bytes
import Foundation
import HTTPClient

/// Why there is no answer of the chat server.
package struct UploadHookFailure: Error, Sendable {
    /// For the log.
    package let reason: String
    /// Whether the time was over.
    package let isLate: Bool

    /// A failure; see the properties.
    package init(reason: String, isLate: Bool = false) { (self.reason, self.isLate) = (reason, isLate) }
}

/// Asks the chat server.
package protocol UploadHook: Sendable {
    /// Sends the body of a question, and returns the answer.
    /// - Parameter timeout: how long that may take.
    /// - Throws: ``UploadHookFailure`` for anything but an answer.
    func ask(_ body: [UInt8], id: String, timeout: Duration) async throws(UploadHookFailure) -> UploadAnswer
}

/// Asks over HTTP, by a `POST` that is signed as webhooks are. Redirects are not followed.
struct HTTPUploadHook: UploadHook {
    let client: HTTPClient
    let url: String
    let signer: WebhookSigner
    var now: @Sendable () -> Date = { Date() }

    /// See ``UploadHook``.
    func ask(_ body: [UInt8], id: String, timeout: Duration) async throws(UploadHookFailure) -> UploadAnswer {
        var request = HTTPClientRequest("POST", url, body: .chunks([ByteChunk(body)]))
        request.headers.append("Content-Type", "application/json")
        for field in signer.fields(id: id, at: now(), body: body) { request.headers.append(field.name, field.value) }
        request.timeouts.connect = min(timeout, request.timeouts.connect)
        request.timeouts.total = timeout
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try await client.execute(request, limit: UploadAnswer.maximumBytes)
        } catch {
            throw UploadHookFailure(reason: "\(error)", isLate: error.code == .timeout)
        }
        guard response.status == 200 else { throw UploadHookFailure(reason: "status \(response.status)") }
        guard let answer = UploadAnswer(response.body) else {
            throw UploadHookFailure(reason: "the response is not {\"accept\": true} or {\"accept\": false}")
        }
        return answer
    }
}
