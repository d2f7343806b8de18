import JSON
import Realtime

/// A message from one node to the others.
enum ClusterMessage: Sendable, Hashable {
    /// An event for the connections of a hub. The nodes in `confirmations` confirm that it was written to theirs.
    case event(hub: String, HubEvent, confirmations: Set<String> = [])
    /// Messages of other nodes, by the node and their numbers, whose events were written to the connections of this one.
    case confirmed([String: [Int]])
    /// There is work of this name.
    case signal(String)
    /// A connection of the node is in other groups, or has ended.
    case connection(hub: String, id: String, PeerConnection?)
    /// The status of a user was set on the node.
    case status(hub: String, user: String, String?)
    /// The node has written all of its connections again.
    case announced
    /// The node ends.
    case left
}

extension ClusterMessage {
    /// A message as it is in the stream.
    struct Encoded: Sendable, Hashable {
        let bytes: [UInt8]
    }

    /// The message as JSON.
    var encoded: Encoded {
        var members: JSONObject = [:]
        switch self {
        case .event(let hub, let event, let confirmations):
            members = ["hub": .string(hub), "event": event.json]
            if !confirmations.isEmpty {
                members["confirm"] = .array(confirmations.sorted().map(JSONValue.string))
            }
        case .confirmed(let numbers):
            var nodes: JSONObject = [:]
            for (node, numbers) in numbers { nodes[node] = .array(numbers.map { .integer($0) }) }
            members = ["confirmed": .object(nodes)]
        case .signal(let name): members = ["signal": .string(name)]
        case .connection(let hub, let id, let state):
            members = ["hub": .string(hub), "connection": .string(id), "state": state?.json ?? .null]
        case .status(let hub, let user, let status):
            members = ["hub": .string(hub), "user": .string(user), "status": JSONValue(status)]
        case .announced: members = ["announced": true]
        case .left: members = ["left": true]
        }
        return Encoded(bytes: JSONValue.object(members).encoded())
    }

    /// The message of another node; `nil` for one of a kind that this release does not know.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes, limits: .clusterMessage) else { return nil }
        if json["announced"] == true {
            self = .announced
        } else if json["left"] == true {
            self = .left
        } else if let name = json["signal"]?.stringValue {
            self = .signal(name)
        } else if let nodes = json["confirmed"]?.objectValue {
            var numbers: [String: [Int]] = [:]
            for node in nodes.keys { numbers[node] = nodes[node]?.arrayValue?.compactMap(\.integerValue) }
            self = .confirmed(numbers)
        } else if let hub = json["hub"]?.stringValue, let event = json["event"].flatMap(HubEvent.init) {
            let nodes = json["confirm"]?.arrayValue?.compactMap(\.stringValue) ?? []
            self = .event(hub: hub, event, confirmations: Set(nodes))
        } else if let hub = json["hub"]?.stringValue, let id = json["connection"]?.stringValue {
            self = .connection(hub: hub, id: id, json["state"].flatMap(PeerConnection.init))
        } else if let hub = json["hub"]?.stringValue, let user = json["user"]?.stringValue {
            self = .status(hub: hub, user: user, json["status"]?.stringValue)
        } else {
            return nil
        }
    }
}

extension JSONLimits {
    /// The limits of messages between nodes, which are larger than those of clients.
    static let clusterMessage = JSONLimits(maximumBytes: 64 << 20, maximumDepth: 64, maximumValues: 1_000_000)
}

extension HubEvent {
    fileprivate var json: JSONValue {
        var members: JSONObject = ["name": .string(name), "arguments": .array(arguments)]
        members["groups"] = .array(groups.map(JSONValue.string))
        members["within"] = within.map(JSONValue.string)
        if !outside.isEmpty { members["outside"] = .array(outside.map(JSONValue.string)) }
        members["except"] = except.map(JSONValue.string)
        members["tag"] = tag.map(JSONValue.string)
        if isEphemeral { members["ephemeral"] = true }
        return .object(members)
    }

    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.stringValue, let arguments = json["arguments"]?.arrayValue else { return nil }
        self.init(
            name, arguments, to: Set(json["groups"]?.arrayValue?.compactMap(\.stringValue) ?? []),
            within: json["within"]?.stringValue,
            outside: Set(json["outside"]?.arrayValue?.compactMap(\.stringValue) ?? []),
            except: json["except"]?.stringValue, tag: json["tag"]?.stringValue)
        isEphemeral = json["ephemeral"] == true
    }
}

extension PeerConnection {
    /// The connection as the node's key in Redis has it.
    var json: JSONValue {
        var members: JSONObject = ["groups": .array(groups.sorted().map(JSONValue.string))]
        members["device"] = device.map(JSONValue.string)
        return .object(members)
    }

    /// A connection of a node's key.
    init?(_ json: JSONValue) {
        guard let groups = json["groups"]?.arrayValue else { return nil }
        self.init(groups: Set(groups.compactMap(\.stringValue)), device: json["device"]?.stringValue)
    }
}
