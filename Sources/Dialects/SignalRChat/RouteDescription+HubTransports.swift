import JSON
import MediaAPI
import OpenAPI

/// The SignalR hub, whose clients follow its protocol (TransportProtocols.md).
extension RouteDescription {
    static let negotiate = RouteDescription(
        "negotiate", tag, "Begins a connection to the hub",
        parameters: [.token, .query("negotiateVersion", .string, "The version of the negotiation; without it 0.")],
        responses: [
            ResponseContent(200, "The connection and its transports, or why there is none.", negotiation)
        ]
    ).authenticating

    static let openHub = RouteDescription(
        "connect", tag, "Opens the WebSocket or the event stream of a connection, or is a poll of one",
        parameters: [.token, .query("id", .string, "The token of the connection.")],
        responses: [
            ResponseContent(101, "The WebSocket."),
            ResponseContent(200, "The events, or what there is to receive.", .string, type: "text/event-stream")
                .or(.string, type: "text/plain").or(.file, type: "application/octet-stream"),
            ResponseContent(204, "The connection has ended."), .unknownConnection, .taken, .tooMany,
        ]
    ).authenticating.failing(with: .badRequest)

    static let postToHub = RouteDescription(
        "post", tag, "Messages of a client without a WebSocket", parameters: [.token, .connection],
        body: .bytes("text/plain", isRequired: false).or(.bytes("application/octet-stream", isRequired: false)),
        responses: [
            ResponseContent(200, "They were processed.", .string, type: "text/plain"), .unknownConnection,
            ResponseContent(405, "The connection has a WebSocket.", .string, type: "text/plain"), .taken,
            ResponseContent(413, "The messages are too long.", .string, type: "text/plain"), .tooMany,
        ]
    ).authenticating

    static let closeHub = RouteDescription(
        "endConnection", tag, "Ends the connection of a client without a WebSocket",
        parameters: [.token, .connection],
        responses: [ResponseContent(202, "It ends."), .unknownConnection]
    ).authenticating.failing(with: .badRequest)

    private static let tag = "Hub"

    private var authenticating: RouteDescription { failing(with: .unauthorized, .forbidden, .busy) }

    private static let negotiation: Schema = {
        let transport = Schema.object([
            .required("transport", .string), .required("transferFormats", .array(of: .string)),
        ])
        return .object([
            .optional("negotiateVersion", .integer(0...1)), .optional("connectionId", .string),
            .optional("connectionToken", .string, "With version 1."),
            .optional("availableTransports", .array(of: transport)), .optional("error", .string),
        ])
    }()
}

extension ResponseContent {
    fileprivate static let unknownConnection = ResponseContent(
        404, "There is no such connection of this user.", .string, type: "text/plain")
    fileprivate static let taken = ResponseContent(
        409, "The connection has its socket, or is not established.", .string, type: "text/plain")
    fileprivate static let tooMany = ResponseContent(
        429, "There are too many requests, connections or messages.", .string, type: "text/plain"
    ).or(SignalRErrors().schema)
}

extension Parameter {
    fileprivate static let token = Parameter.query(
        "access_token", .string, "The user's token; it may be in `Authorization`.")
    fileprivate static let connection = Parameter.query(
        "id", .string, isRequired: true, "The token of the connection.")
}
