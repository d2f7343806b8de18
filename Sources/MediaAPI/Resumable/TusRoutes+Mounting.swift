import ChatBridge
import Foundation
import HTTPServer
import MediaModel

extension TusRoutes {
    /// Who sends a request.
    struct Client: Sendable {
        /// For whom it is; `nil` where the chat server asks for itself.
        var user: ChatCaller?
        /// The owner of what the request creates.
        var owner: ChatCaller
    }

    /// Adds the routes of the native API, which require a service token.
    /// - Parameter rejections: records files that are rejected.
    func mount(on routes: inout Routes, authenticator: Authenticator, rejections: RejectedMedia) {
        for path in [Self.path, Self.path + "/:id"] {
            routes.on(.options, path, description(.options, path), errors: TusErrors()) { _, _ in options() }
        }
        for route in Self.routes {
            let description = description(route.method, Self.path + route.suffix)
            routes.onService(
                route.method, Self.path + route.suffix, authenticator, description, errors: TusErrors()
            ) { request, path, caller in
                let client = try Client(request, service: caller.user)
                return try await rejections.recording(.init(dialect: nil, user: client.owner.id)) {
                    try await respond(to: request, path, client)
                }
            }
        }
    }

    /// Adds the routes of a chat system, which require a user's token.
    func mount(on routes: inout DialectRoutes) {
        let errors = TusErrors(envelope: routes.errors)
        for path in [Self.dialectPath, Self.dialectPath + "/:id"] {
            routes.authorizing(.options, path, description(.options, path), errors: errors) { _, _ in options() }
        }
        for route in Self.routes {
            let path = Self.dialectPath + route.suffix
            routes.on(route.method, path, description(route.method, path), errors: errors) { request, path, caller in
                try await respond(to: request, path, Client(user: caller, owner: caller))
            }
        }
        routes.sendErrors(under: Self.dialectPath, in: errors)
    }

    private static let routes: [(method: HTTPMethod, suffix: String)] = [
        (.post, ""), (.get, "/:id"), (.head, "/:id"), (.patch, "/:id"), (.delete, "/:id"), (.post, "/:id"),
    ]

    private func respond(
        to request: HTTPRequest, _ path: PathParameters, _ client: Client
    ) async throws -> HTTPResponse {
        let id = path["id"] ?? ""
        var response: HTTPResponse
        if request.method == .get {
            response = try await read(id, client)
        } else {
            let tus = try TusRequest(request)
            response =
                switch (path["id"] == nil ? .post : tus.method, path["id"]) {
                case (.post, nil): try await create(tus, client)
                case (.head, _): try await status(id, client)
                case (.patch, _): try await append(tus, to: id, client)
                case (.delete, _): try await cancel(id, client)
                default:
                    throw APIError.methodNotAllowed(request.method, allowed: [.head, .patch, .delete, .get, .options])
                }
        }
        response.headers["Tus-Resumable"] = Self.version
        return response
    }
}

extension TusRoutes.Client {
    /// The client of a request of the chat server, for itself or for the user of `X-On-Behalf-Of`.
    /// - Throws: ``APIError`` `invalidField` when that is not a user's ID.
    init(_ request: HTTPRequest, service: ChatCaller) throws(APIError) {
        guard let owner = request.headers["X-On-Behalf-Of"] else {
            self.init(user: nil, owner: service)
            return
        }
        guard ChatIdentifier.isValid(owner) else { throw .invalid("X-On-Behalf-Of", "is no user's id") }
        self.init(user: ChatCaller(id: owner), owner: ChatCaller(id: owner))
    }
}
