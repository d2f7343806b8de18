package import ChatBridge
import Foundation
import HTTPClient
import JSON

/// A receiver of events over HTTP: each is a signed `POST`, which the receiver takes with any status from 200 to 299. Redirects are
/// not followed.
package struct WebhookReceiver: PushReceiver {
    private let client: HTTPClient
    private let url: String
    private let signer: WebhookSigner
    private let timeout: Duration
    private let now: @Sendable () -> Date

    init(
        client: HTTPClient, url: String, signer: WebhookSigner, timeout: Duration,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.client = client
        self.url = url
        self.signer = signer
        self.timeout = timeout
        self.now = now
    }

    /// See `PushReceiver`.
    package func send(_ event: PushEvent) async throws(PushFailure) {
        let body = Array(event.json.encodedText().utf8)
        let response: HTTPClientStream
        do throws(HTTPClientError) {
            response = try await client.post(
                body, to: url, id: event.id, signer: signer, at: now(), timeout: timeout)
        } catch {
            throw PushFailure(reason: "\(error)", kind: .unavailable)
        }
        let status = response.status
        guard (200...299).contains(status) else {
            throw PushFailure(reason: "status \(status)", kind: Self.kind(of: status))
        }
    }

    /// What a status other than 2xx says. Only these concern one event: with any other one (a secret or path that is not valid, a
    /// server that is busy or has failed) no other event would be taken either.
    static func kind(of status: Int) -> PushFailure.Kind {
        switch status {
        case 413: .tooLarge
        case 400, 422: .rejected
        default: .unavailable
        }
    }
}
