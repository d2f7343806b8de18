public import JSON

/// The description of the events of an API (AsyncAPI 3.0).
public struct AsyncAPIDescription: Sendable {
    /// The version of the specification that documents follow.
    public static let version = "3.0.0"
    private static let server = "service"

    private let title: String
    private let version: String
    private let text: String
    private let url: String
    private let security: [String: JSONValue]
    private let channel: ChannelDescription

    /// The description of a channel.
    /// - Parameters:
    ///   - version: the version of the program.
    ///   - text: what it is for, as Markdown.
    ///   - url: the URL that the address of the channel follows.
    ///   - security: how clients are authenticated, by name: any of these.
    public init(
        title: String, version: String, text: String, url: String, security: [String: JSONValue],
        channel: ChannelDescription
    ) {
        self.title = title
        self.version = version
        self.text = text
        self.url = url
        self.security = security
        self.channel = channel
    }

    /// The document. Its schemas keep to what JSON Schema 2020-12 and draft 7, which AsyncAPI builds on, have in common.
    public var json: JSONValue {
        let server = channel.address == nil ? nil : Self.server
        var document: JSONObject = [
            "asyncapi": .string(Self.version),
            "info": [
                "title": .string(title), "version": .string(version), "description": .string(text),
                "license": ["name": "Apache License 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"],
            ],
            "defaultContentType": "application/json",
            "channels": [channel.name: channel.json(server: server)], "operations": .object(operations),
        ]
        var components: JSONObject = ["messages": .object(messages), "schemas": .object(schemas)]
        if let server {
            document["servers"] = [server: serverJSON]
            components["securitySchemes"] = .object(JSONObject(security))
        }
        document["components"] = .object(components)
        return .object(document)
    }

    static func reference(_ path: String) -> JSONValue { ["$ref": .string("#/" + path)] }

    private var serverJSON: JSONValue {
        let isSecure = url.hasPrefix("https:")
        let rest = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
        let host = rest.prefix { $0 != "/" }
        var members: JSONObject = ["host": .string(String(host)), "protocol": isSecure ? "wss" : "ws"]
        let path = rest.dropFirst(host.count)
        if !path.isEmpty { members["pathname"] = .string(String(path)) }
        members["security"] = .array(security.keys.sorted().map { Self.reference("components/securitySchemes/\($0)") })
        return .object(members)
    }

    private var operations: JSONObject {
        var operations: JSONObject = [:]
        for event in channel.events {
            var members: JSONObject = [
                "action": event.sender == .service ? "send" : "receive",
                "channel": Self.reference("channels/\(channel.name)"), "summary": .string(event.summary),
                "messages": [message(event.key)],
            ]
            if event.reply != nil {
                members["reply"] = [
                    "channel": Self.reference("channels/\(channel.name)"), "messages": [message(event.replyKey)],
                ]
            }
            operations[event.key] = .object(members)
        }
        return operations
    }

    private func message(_ key: String) -> JSONValue { Self.reference("channels/\(channel.name)/messages/\(key)") }

    private var messages: JSONObject {
        var messages: JSONObject = [:]
        for event in channel.events {
            var members: JSONObject = [
                "name": .string(event.name), "summary": .string(event.summary),
                "payload": .object(event.payload.json),
            ]
            if let headers = channel.headers { members["headers"] = .object(headers.json) }
            messages[event.key] = .object(members)
            guard let reply = event.reply else { continue }
            messages[event.replyKey] = [
                "name": .string(event.name), "summary": .string("The acknowledgement of `\(event.name)`"),
                "payload": .object(reply.json),
            ]
        }
        return messages
    }

    private var schemas: JSONObject {
        channel.parts.reduce(into: JSONObject()) { schemas, part in
            for (name, schema) in part.components where schemas[name] == nil { schemas[name] = .object(schema) }
        }
    }
}
