import ChatBridge
import HTTPServer
import JSON

/// The devices that users have registered for push notifications, for the chat server, which sends these, and removes
/// devices that cannot be reached any more.
struct DeviceRoutes: Sendable {
    let store: any UserRecordStore
    let dialects: [any DialectModule.Type]
    let authenticator: Authenticator

    func mount(on routes: inout Routes) {
        routes.onService(.get, "/v1/users/:id/devices", authenticator, .devices(of: dialects)) { request, path, _ in
            let (user, dialect) = try owner(of: request, path)
            let devices = try await store.records(.device, of: user, in: dialect)
            return .json(["devices": .array(devices.map(Self.json))])
        }
        // For tokens that a provider of notifications has rejected.
        routes.onService(.delete, "/v1/users/:id/devices", authenticator, .deleteDevice(of: dialects)) {
            request, path, _ in
            let (user, dialect) = try owner(of: request, path)
            guard let token = request.queryParameter("token"), !token.isEmpty else {
                throw APIError.invalid("token", "is required: the token of a device")
            }
            guard try await store.records(.device, of: user, in: dialect).contains(where: { $0.key == token }) else {
                throw APIError.notFound
            }
            try await store.deleteRecords(.device, key: token, of: user, in: dialect)
            return HTTPResponse(status: .noContent)
        }
    }

    /// The user and the dialect that a request names.
    private func owner(of request: HTTPRequest, _ path: PathParameters) throws(APIError) -> (String, Dialect) {
        guard let user = path["id"], ChatIdentifier.isValid(user) else { throw APIError.invalid("id", "is no id") }
        let name = request.queryParameter("dialect")
        guard let module = dialects.first(where: { $0.dialect.rawValue == name }) else {
            let names = dialects.map { $0.dialect.rawValue }.joined(separator: ", ")
            throw APIError.invalid("dialect", "is one that is served here: \(names)")
        }
        return (user, module.dialect)
    }

    private static func json(_ device: UserRecord) -> JSONValue {
        [
            "token": .string(device.key), "platform": device.value["platform"] ?? .null,
            "registeredAt": .string(Timestamp.milliseconds(device.createdAt)),
        ]
    }
}
