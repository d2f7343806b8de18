import ConsolePages
import HTTPServer
import JSON

/// The page at `/openapi/` on which people read the descriptions, and the list of these. Like the descriptions it holds no secrets and needs
/// no token.
struct DescriptionPageRoutes: Sendable {
    static let path = "/openapi"

    /// The list, as it is sent.
    private let list: [UInt8]

    /// The page of these descriptions.
    init(requests: [String], events: [String]) {
        let entries =
            requests.map { Self.entry($0, $0 == ServiceDescriptions.native ? "Native API" : "Chat system \($0)") }
            + events.map {
                Self.entry(
                    $0, $0 == ServiceDescriptions.native ? "Webhooks" : "Events of \($0)", isOfEvents: true)
            }
        list = JSONValue.object(["descriptions": .array(entries)]).encoded()
    }

    func mount(on routes: inout Routes) {
        routes.on(.get, Self.path, nil) { _, _ in
            // Relative, so that it is right behind a proxy that serves the service below a path.
            HTTPResponse(status: .found, headers: ["Location": "openapi/", "Cache-Control": "no-store"])
        }
        routes.on(.get, Self.path + "/", nil) { request, _ in try page("descriptions.html", request) }
        routes.on(.get, Self.path + "/:file", nil) { request, path in
            guard path.text("file") == "list.json" else { return try page(path.text("file"), request) }
            return HTTPResponse(
                headers: ["Cache-Control": "no-cache"], contentType: "application/json; charset=utf-8", list)
        }
    }

    private func page(_ name: String, _ request: HTTPRequest) throws -> HTTPResponse {
        guard let page = ConsolePage(name, of: .descriptions) else { throw APIError.notFound }
        return page.response(to: request)
    }

    /// `{name, title, path}`, with the path of the document relative to the service.
    private static func entry(_ api: String, _ title: String, isOfEvents: Bool = false) -> JSONValue {
        let file = (isOfEvents ? EventDescriptionRoutes.path : DescriptionRoutes.path).dropFirst()
        return [
            "name": .string(isOfEvents ? api + "-events" : api), "title": .string(title),
            "path": .string(api == ServiceDescriptions.native ? String(file) : "\(api)/\(file)"),
        ]
    }
}
