import HTTPClient

/// A JSON Web Key Set at a URL.
package enum KeySetURL {
    /// How long a set may take to arrive.
    private static let timeout = Duration.seconds(10)
    /// The largest set, in bytes.
    private static let maximumBytes = 1 << 20

    /// What reads the set at `url`. Redirections are not followed.
    /// - Throws: ``IdentityTokenError/noKeys(reason:)`` when the HTTP client cannot be started. What is returned throws the same when the
    ///   set cannot be read.
    static func fetch(_ url: String) throws(IdentityTokenError) -> SigningKeys.Fetch {
        let client: HTTPClient
        do throws(HTTPClientError) {
            client = try HTTPClient(HTTPClientConfiguration(connectionsPerHost: 2, keptConnections: 1))
        } catch {
            throw .noKeys(reason: "\(error)")
        }
        return { () async throws(IdentityTokenError) in
            do throws(HTTPClientError) {
                let timeouts = HTTPClientRequest.Timeouts(total: Self.timeout)
                let request = HTTPClientRequest("GET", url, timeouts: timeouts)
                let response = try await client.execute(request, limit: Self.maximumBytes)
                guard response.status == 200 else {
                    throw HTTPClientError(.invalidResponse, "status \(response.status)")
                }
                return response.body
            } catch {
                throw .noKeys(reason: "\(url): \(error)")
            }
        }
    }

    /// Whether keys can be fetched from `url`: over plain HTTP anyone between could sign as the other side.
    package static func isSecure(_ url: String) -> Bool {
        // What is before an @ is no host, and would be in the log.
        !url.contains("@")
            && ["https://", "http://127.0.0.1:", "http://127.0.0.1/", "http://[::1]:"].contains { url.hasPrefix($0) }
    }
}
