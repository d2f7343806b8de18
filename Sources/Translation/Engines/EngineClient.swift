import Bytes
package import HTTPClient
import JSON

/// Asks a translation service over HTTP.
package struct EngineClient: Sendable {
    private let client: HTTPClient
    private let url: String
    private let timeouts: HTTPClientRequest.Timeouts

    /// The most bytes of a response: the longest text, escaped, in a language that takes more.
    private static let maximumResponse = 1 << 20

    /// A client of the service at `url`, which has no trailing slash.
    package init(client: HTTPClient, url: String, timeout: Duration) {
        self.client = client
        self.url = url
        timeouts = HTTPClientRequest.Timeouts(connect: min(timeout, .seconds(2)), total: timeout)
    }

    /// The JSON that the service answers to `body`.
    /// - Throws: ``TranslationError``: ``TranslationError/unsupported`` for the statuses that reject this text alone (400, 413).
    func post(_ path: String, _ body: [UInt8], type: String) async throws(TranslationError) -> JSONValue {
        try await send(
            HTTPClientRequest(
                "POST", url + path, headers: ["Content-Type": type], body: .chunks([ByteChunk(body)]),
                timeouts: timeouts))
    }

    /// The JSON at `path`.
    /// - Throws: ``TranslationError``.
    func get(_ path: String) async throws(TranslationError) -> JSONValue {
        try await send(HTTPClientRequest("GET", url + path, timeouts: timeouts))
    }

    private func send(_ request: HTTPClientRequest) async throws(TranslationError) -> JSONValue {
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try await client.execute(request, limit: Self.maximumResponse)
        } catch {
            throw .unavailable(reason: error.description)
        }
        switch response.status {
        case 200: break
        case 400, 413: throw .unsupported
        case let status: throw .unavailable(reason: "status \(status)")
        }
        // What the answer is instead may be anything, and is not logged.
        guard let value = try? JSONValue(parsing: response.body) else {
            throw .unavailable(reason: "the answer is not JSON")
        }
        return value
    }
}
