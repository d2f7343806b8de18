import Bytes
package import ChatBridge
import Foundation
import HTTPClient
import JSON

/// A receiver of events over HTTP: each is a signed `POST`, which the receiver takes with any status from 200 to 299. Redirects are
/// not followed.
package struct WebhookReceiver: PushReceiver {
    /// The longest response that is read, in bytes; it is not used.
    private static let maximumResponse = 64 << 10

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
        var request = HTTPClientRequest("POST", url, body: .chunks([ByteChunk(body)]))
        request.headers.append("Content-Type", "application/json")
        for field in signer.fields(id: event.id, at: now(), body: body) {
            request.headers.append(field.name, field.value)
        }
        request.timeouts.connect = min(timeout, request.timeouts.connect)
        request.timeouts.total = timeout
        let status: Int
        do throws(HTTPClientError) {
            status = try await client.execute(request, limit: Self.maximumResponse).status
        } catch {
            throw PushFailure(reason: "\(error)", isRefusal: false)
        }
        guard (200...299).contains(status) else {
            throw PushFailure(reason: "status \(status)", isRefusal: Self.isRefusal(status))
        }
    }

    /// Whether a status concerns this event alone: a server that is too busy (429), or has failed, takes no other one either.
    private static func isRefusal(_ status: Int) -> Bool {
        (400...499).contains(status) && ![408, 425, 429].contains(status)
    }
}
