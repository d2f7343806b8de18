import ChatBridge
import HTTPServer
import JSON

/// The devices that users have registered for push notifications, for the chat server, which sends these.
struct DeviceRoutes: Sendable {
    let store: any UserRecordStore
    let dialects: [any DialectModule.Type]
    let authenticator: Authenticator

    func mount(on routes: inout Routes) {
        routes.onService(.get, "/v1/users/:id/devices", authenticator) { request, path, _ in
            guard let user = path["id"], ChatIdentifier.isValid(user) else { throw APIError.invalid("id", "is no id") }
            let name = request.queryParameter("dialect")
            guard let module = dialects.first(where: { $0.dialect.rawValue == name }) else {
                let names = dialects.map { $0.dialect.rawValue }.joined(separator: ", ")
                throw APIError.invalid("dialect", "is one that is served here: \(names)")
            }
            let devices = try await store.records(.device, of: user, in: module.dialect)
            return .json(["devices": .array(devices.map(Self.json))])
        }
    }

    private static func json(_ device: UserRecord) -> JSONValue {
        [
            "token": .string(device.key), "platform": device.value["platform"] ?? .null,
            "registeredAt": .string(Timestamp.milliseconds(device.createdAt)),
        ]
    }
}
