import ChatBridge
import Crypto
import Foundation
import HTTPServer
import JSON
import OpenAPI

/// Routes of the endpoints of webhooks. They require a service token.
struct WebhookRoutes: Sendable {
    private static let maximumEndpoints = 100
    static let limit = IntegerParameter("limit", in: 1...100, default: 20, "How many dead letters to list.")
    static let after = IntegerParameter(
        "after", in: 0...Int.max, default: 0, "Lists the dead letters after this one: `moreAfter`.")
    private static let maximumSecrets = 5
    /// For how long a former secret signs beside a new one, in seconds.
    static let overlap = (standard: 86_400, maximum: 604_800)

    let store: any WebhookStore
    let authenticator: Authenticator
    /// The names of the dialects that are served.
    let dialects: [String]
    let allowsPrivateAddresses: Bool
    let now: @Sendable () -> Date
    /// Called when endpoints have changed.
    let reload: @Sendable () -> Void
    /// Called when there is something to deliver.
    let wake: @Sendable () -> Void

    func mount(on routes: inout Routes) {
        routes.onService(.post, "/v1/webhooks", authenticator, .createWebhook) { request, _, _ in
            try await create(request)
        }
        routes.onService(.get, "/v1/webhooks", authenticator, .webhooks) { _, _, _ in
            let backlog = try await store.webhookBacklog()
            let endpoints = try await store.webhookEndpoints()
            return .json(["webhooks": .array(endpoints.map { json($0, backlog[$0.id]) })])
        }
        routes.onService(.get, "/v1/webhooks/:id", authenticator, .webhook) { _, path, _ in
            .json(json(try await endpoint(path), try await store.webhookBacklog()[path.text("id")]))
        }
        routes.onService(.patch, "/v1/webhooks/:id", authenticator, .changeWebhook) { request, path, _ in
            let change = try self.change(try await request.json())
            return .json(json(try await update(path, isOwn: true) { change.apply(to: &$0) }))
        }
        routes.onService(.delete, "/v1/webhooks/:id", authenticator, .deleteWebhook) { _, path, _ in
            _ = try await endpoint(path, isOwn: true)
            _ = try await store.updateWebhookEndpoint(path.text("id")) { endpoint, _ in endpoint = nil }
            reload()
            return HTTPResponse(status: .noContent)
        }
        routes.onService(.post, "/v1/webhooks/:id/rotate", authenticator, .rotateWebhook) { request, path, _ in
            try await rotate(request, path)
        }
        for (name, state) in [("pause", WebhookEndpoint.State.paused), ("resume", .active)] {
            routes.onService(.post, "/v1/webhooks/:id/\(name)", authenticator, .changeState(name)) { _, path, _ in
                let endpoint = try await update(path, isOwn: false) { endpoint in
                    guard endpoint.state != state else { return }
                    endpoint.state = state
                    endpoint.reason = state == .paused ? "paused by an operator" : nil
                    endpoint.failingSince = nil
                }
                return .json(json(endpoint))
            }
        }
        routes.onService(.get, "/v1/webhooks/:id/dead-letters", authenticator, .deadWebhooks) { request, path, _ in
            try await deadLetters(request, path)
        }
        routes.onService(.post, "/v1/webhooks/:id/replay", authenticator, .replayWebhooks) { request, path, _ in
            let numbers = try ReplayedLetters.numbers(in: try await request.json())
            let id = try await endpoint(path).id
            let count = try await store.replayWebhooks(for: id, numbers, at: now())
            if count > 0 { wake() }
            return .json(["replayed": .integer(count)])
        }
    }

    private func create(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body = try await request.json()
        let change = try self.change(body, isNew: true)
        let secret = try Self.secret(body) ?? Self.newSecret()
        let date = now()
        let id = "we_" + base64URLEncode(SecureRandom.bytes(12))
        let endpoint = try await store.updateWebhookEndpoint(id) { endpoint, count in
            guard count < Self.maximumEndpoints else {
                throw APIError(
                    code: .limitExceeded, message: "There are \(Self.maximumEndpoints) endpoints: delete one first")
            }
            var new = WebhookEndpoint(
                id: id, url: "", secrets: [WebhookEndpoint.Secret(value: secret)], createdAt: date)
            change.apply(to: &new)
            endpoint = new
        }
        guard let endpoint else { throw APIError.notFound }
        reload()
        // An earlier attempt at the same request may have made it, with a secret of its own.
        let shown = endpoint.secrets.first?.value ?? secret
        return .json(
            json(endpoint, secret: shown), status: .created,
            headers: ["Location": "/v1/webhooks/\(endpoint.id)", "Cache-Control": "no-store"])
    }

    private func rotate(_ request: HTTPRequest, _ path: PathParameters) async throws -> HTTPResponse {
        let body = try await request.optionalJSON()
        let secret = try Self.secret(body) ?? Self.newSecret()
        let overlap = body["overlap"]?.isNull ?? true ? Self.overlap.standard : body["overlap"]?.integerValue
        guard let overlap, (0...Self.overlap.maximum).contains(overlap) else {
            throw APIError.invalid("overlap", "is a number of seconds from 0 to \(Self.overlap.maximum)")
        }
        let date = now()
        let endpoint = try await update(path, isOwn: true) { endpoint in
            let end = date.addingTimeInterval(Double(overlap))
            let former = endpoint.secrets.map { former in
                WebhookEndpoint.Secret(value: former.value, expiresAt: min(former.expiresAt ?? end, end))
            }
            let kept = former.filter { ($0.expiresAt ?? end) > date && $0.value != secret }
            endpoint.secrets = [WebhookEndpoint.Secret(value: secret)] + kept.prefix(Self.maximumSecrets - 1)
        }
        return .json(
            json(endpoint, secret: endpoint.secrets.first?.value ?? secret), headers: ["Cache-Control": "no-store"])
    }

    private func deadLetters(_ request: HTTPRequest, _ path: PathParameters) async throws -> HTTPResponse {
        let limit = try request.value(of: Self.limit)
        let after = try request.value(of: Self.after)
        let letters = try await store.deadWebhooks(for: try await endpoint(path).id, after: after, limit: limit)
        return .json([
            "deadLetters": .array(letters.map(\.json)),
            "moreAfter": letters.count == limit ? JSONValue(letters.last.map { String($0.sequence) }) : .null,
        ])
    }

    /// - Parameter isOwn: whether the endpoint must not be that of the settings.
    private func endpoint(_ path: PathParameters, isOwn: Bool = false) async throws -> WebhookEndpoint {
        let id = path.text("id")
        guard let endpoint = try await store.webhookEndpoints().first(where: { $0.id == id }) else {
            throw APIError.notFound
        }
        if isOwn { try Self.checkIsOwn(id) }
        return endpoint
    }

    private static func checkIsOwn(_ id: String) throws(APIError) {
        guard id != WebhookEndpoint.settingsID else {
            throw APIError(code: .forbidden, message: "This endpoint comes from the settings: change it there")
        }
    }

    private func update(
        _ path: PathParameters, isOwn: Bool, _ change: @escaping @Sendable (inout WebhookEndpoint) -> Void
    ) async throws -> WebhookEndpoint {
        let (id, date) = (path.text("id"), now())
        if isOwn { try Self.checkIsOwn(id) }
        let endpoint = try await store.updateWebhookEndpoint(id) { endpoint, _ in
            guard var changed = endpoint else { return }
            change(&changed)
            guard changed != endpoint else { return }
            changed.updatedAt = date
            endpoint = changed
        }
        guard let endpoint else { throw APIError.notFound }
        reload()
        return endpoint
    }

    private func change(_ body: JSONValue, isNew: Bool = false) throws(APIError) -> WebhookChange {
        try WebhookChange(body, isNew: isNew, dialects: dialects, allowsPrivateAddresses: allowsPrivateAddresses)
    }

    /// The secret that a body names; `nil` where it names none.
    private static func secret(_ body: JSONValue) throws(APIError) -> String? {
        guard let value = body["secret"], !value.isNull else { return nil }
        guard let secret = value.stringValue, WebhookSigner(secrets: [secret]) != nil else {
            throw APIError.invalid("secret", "is of the form whsec_BASE64, with 24 to 64 bytes")
        }
        return secret
    }

    private static func newSecret() -> String {
        "whsec_" + Data(SecureRandom.bytes(32)).base64EncodedString()
    }

    /// - Parameter secret: a secret that was made just now, and is shown this time only.
    private func json(_ endpoint: WebhookEndpoint, _ backlog: WebhookBacklog? = nil, secret: String? = nil) -> JSONValue
    {
        var members = endpoint.json
        members["waiting"] = .integer(backlog?.waiting ?? 0)
        members["oldest"] = JSONValue(backlog?.oldest.map(Timestamp.milliseconds))
        members["deadLetters"] = .integer(backlog?.deadLetters ?? 0)
        if let secret { members["secret"] = .string(secret) }
        return .object(members)
    }
}
