import Bytes
import ChatBridge
import Foundation
import HTTPClient

/// Sends webhooks over HTTP: each is a signed `POST`, which the endpoint accepts with any status from 200 to 299. Redirects are not
/// followed.
struct HTTPWebhookSender: WebhookSender {
    let client: HTTPClient
    let timeout: Duration
    var now: @Sendable () -> Date = { Date() }

    /// See `WebhookSender`.
    func send(_ body: [UInt8], id: String, to endpoint: WebhookEndpoint) async throws(WebhookFailure) {
        guard let signer = WebhookSigner(secrets: endpoint.secrets(at: now())) else {
            throw WebhookFailure(reason: "the endpoint has no valid secret", kind: .unavailable)
        }
        let response: HTTPClientStream
        do throws(HTTPClientError) {
            response = try await client.post(
                body, to: endpoint.url, id: id, signer: signer, at: now(), timeout: timeout)
        } catch {
            throw WebhookFailure(reason: "\(error)", kind: .unavailable)
        }
        guard !(200...299).contains(response.status) else { return }
        throw WebhookFailure(
            reason: Self.reason(of: response.status), kind: Self.kind(of: response.status),
            retryAfter: response.headers["Retry-After"].flatMap(retryAfter))
    }

    private static func reason(of status: Int) -> String {
        (300...399).contains(status) ? "status \(status): redirects are not followed" : "status \(status)"
    }

    /// What a status other than 2xx says. Only these concern one event: with any other one (a secret or path that is not valid, a
    /// server that is busy or has failed) no other event would be accepted either.
    static func kind(of status: Int) -> WebhookFailure.Kind {
        switch status {
        case 410: .gone
        case 400, 413, 422: .rejected
        default: .unavailable
        }
    }

    /// The time in a field `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date.
    private func retryAfter(_ text: String) -> Duration? {
        if let seconds = Int(text) { return .seconds(max(0, min(seconds, 86_400))) }
        return HTTPDate.parse(text).map { date in
            .seconds(max(0, min(date - Int(now().timeIntervalSince1970), 86_400)))
        }
    }
}
