import Bytes
import Concurrency
import Foundation
import HTTPClient

extension HTTPClient {
    /// How long the body of a response is read, which is not used: a connection is kept for the next request once it was.
    private static let bodyTime = Duration.seconds(1)
    /// After how many bytes of a body its connection is closed instead.
    private static let maximumBody = 64 << 10

    /// Sends a signed event, and returns the head of the response; its body was read as far as that matters.
    /// - Throws: ``HTTPClientError``, see ``stream(_:)``.
    func post(
        _ body: [UInt8], to url: String, id: String, signer: WebhookSigner, at date: Date, timeout: Duration
    ) async throws(HTTPClientError) -> HTTPClientStream {
        var request = HTTPClientRequest("POST", url, body: .chunks([ByteChunk(body)]))
        request.headers.append("Content-Type", "application/json")
        for field in signer.fields(id: id, at: date, body: body) { request.headers.append(field.name, field.value) }
        request.timeouts.connect = min(timeout, request.timeouts.connect)
        request.timeouts.total = timeout
        let response = try await stream(request)
        await Self.discard(response.body)
        return response
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
