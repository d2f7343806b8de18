internal import Foundation

extension S3Connection {
    /// A URL at `place` that carries the permission for `method` while `validity` lasts, a week at most. Where credentials are temporary,
    /// it is valid no longer than those that were fetched last.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` before credentials have been fetched.
    func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, validity: URLValidity, at place: S3Endpoint
    ) throws(ObjectStoreError) -> String {
        guard let credentials = credentials.latest else { throw .noCredentials("they have not been fetched yet") }
        // A time that is over makes a URL that is over.
        let signed = min(clock.now, validity.start, validity.end.addingTimeInterval(-1))
        let seconds = Int(min(validity.end.timeIntervalSince(signed).rounded(.up), Double(SigV4Signer.maximumExpiry)))
        var request = CanonicalRequest(
            method: "GET", path: place.path(key), query: [], headers: [(name: "Host", value: place.host)],
            payloadHash: SigV4Signer.unsignedPayload)
        if case .put(let contentType, let length) = method {
            request.method = "PUT"
            request.headers += [
                (name: "Content-Type", value: contentType), (name: "Content-Length", value: "\(length)"),
            ]
        }
        return place.url(
            path: request.path, query: signer(credentials).presignedQuery(for: request, at: signed, seconds: seconds))
    }
}
