import Bytes
package import ChatBridge
import Concurrency
import Foundation
import HTTPClient
import JSON

/// A receiver of events over HTTP: each is a signed `POST`, which the receiver takes with any status from 200 to 299. Redirects are
/// not followed.
package struct WebhookReceiver: PushReceiver {
    /// How long the body of a response is read, which is not used: a connection is kept for the next request once it was.
    private static let bodyTime = Duration.seconds(1)
    /// After how many bytes of a body its connection is closed instead.
    private static let maximumBody = 64 << 10

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
        let response: HTTPClientStream
        do throws(HTTPClientError) {
            response = try await client.stream(request)
        } catch {
            throw PushFailure(reason: "\(error)", kind: .unavailable)
        }
        await Self.discard(response.body)
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

    /// Reads a body for a while: what it contains, and whether it ends, does not matter.
    private static func discard(_ body: HTTPClientBody) async {
        let reading = Task {
            var size = 0
            while size <= maximumBody, let chunk = try? await body.next() { size += chunk.count }
        }
        _ = await reading.value(within: bodyTime)
        reading.cancel()
    }
}
