import ConsolePages
import HTTPServer

extension ConsolePage {
    /// The response with this page.
    /// - Parameter files: the origin of files that it shows; `nil` for none but those of the service.
    func response(to request: HTTPRequest, files: String? = nil) -> HTTPResponse {
        var headers: HTTPFields = [
            "Content-Security-Policy": Self.contentSecurityPolicy(files), "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache", "ETag": etag,
            "Cross-Origin-Opener-Policy": "same-origin",
        ]
        if request.headers.members(of: "If-None-Match").contains(etag) {
            return HTTPResponse(status: .notModified, headers: headers)
        }
        headers["Content-Type"] = contentType
        return HTTPResponse(status: .ok, headers: headers, body: .bytes(content))
    }

    /// Only what the pages consist of, and files.
    private static func contentSecurityPolicy(_ files: String?) -> String {
        let origin = files.map { " " + $0 } ?? ""
        return [
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
            "img-src 'self' data:" + origin, "media-src 'self'" + origin, "form-action 'none'", "base-uri 'none'",
            "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }
}
