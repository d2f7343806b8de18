import ChatBridge
import ConsolePages
import Foundation
import HTTPServer
import JSON

/// The console: pages under `/console/`, and the service token that a link of `darkroom console` is exchanged for. The pages need no
/// token: they have nothing of the installation, and use the native API with a token that the person who opens them has.
struct ConsoleRoutes: Sendable {
    /// One-time codes belong to no chat system.
    private static let codes = Dialect(rawValue: "console")

    let store: any PresignedUploadStore
    let link: ConsoleLink
    let signer: TokenSigner
    let limits: RequestLimits
    /// An example of a URL to a stored file: pages show files of its origin.
    let objectURL: @Sendable () async -> String?
    let now: @Sendable () -> Date

    func mount(on routes: inout Routes) {
        routes.on(.get, "/console", nil) { request, _ in
            // Relative, so that it is right behind a proxy that serves the service below a path.
            HTTPResponse(status: .found, headers: ["Location": "console/", "Cache-Control": "no-store"])
        }
        routes.on(.get, "/console/", nil) { request, _ in try await page("index.html", request) }
        routes.on(.get, "/console/:file", nil) { request, path in try await page(path["file"] ?? "", request) }
        routes.on(.post, "/v1/console/sessions", .openConsole, access: .open) { request, _ in try await open(request) }
    }

    private func page(_ name: String, _ request: HTTPRequest) async throws -> HTTPResponse {
        guard let page = ConsolePage(name) else { throw APIError.notFound }
        return page.response(to: request, files: await objectURL().flatMap(Self.origin))
    }

    /// The origin of a URL, if it has nothing that would end the header field or the directive.
    private static func origin(_ url: String) -> String? {
        CORSPolicy.origin(
            url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/"))
    }

    private func open(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await limits.admit(addressOf: request)
        let code = try await request.json()["code"]?.stringValue ?? ""
        let date = now()
        guard let expires = link.expiry(of: code, now: date),
            try await store.claim(token: code, in: Self.codes, expires: expires)
        else {
            throw APIError(code: .unauthorized, message: "The link has expired, or was used: make another one")
        }
        limits.giveBack(addressOf: request)
        let lifetime = ConsoleLink.tokenLifetime
        return .json(
            [
                "token": .string(
                    signer.token(subject: "console", isService: true, issued: date, lifetime: lifetime)),
                "expiresAt": .string(Timestamp.milliseconds(date + lifetime)),
            ], status: .created, headers: ["Cache-Control": "no-store"])
    }
}
