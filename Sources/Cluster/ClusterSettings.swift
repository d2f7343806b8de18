package import Configuration
package import Logging
package import Redis

extension Setting {
    static let nodeExpiry = Setting(
        "DARKROOM_NODE_EXPIRY", "SECONDS", default: "15",
        "the time after which a node that is not heard of is forgotten with its connections, and others do its work (3 to 300)"
    )
    static let chatServers = Setting(
        "DARKROOM_SOCKETIO_CLUSTER", "LIST", default: "none",
        "the chat systems whose chat server has Socket.IO servers of its own, and their adapter: bananatalk=node,rooms=python",
        details:
            "node is @socket.io/redis-adapter, python is the Redis manager of python-socketio. See [cluster.md](cluster.md)."
    )
    static let chatServerChannels = Setting(
        "DARKROOM_SOCKETIO_CHANNELS", "LIST", default: "socket.io for node, socketio for python",
        "the key of the adapter, or the channel of the manager: bananatalk=app")
    static let chatServerRooms = Setting(
        "DARKROOM_SOCKETIO_ROOMS", "LIST", default: "{id}",
        "the names of the chat server's rooms: bananatalk.users=user_{id},imagekit.conversations=chat:{id}")
}

extension SettingGroup {
    /// The settings of a service of several nodes.
    package static let cluster = SettingGroup(
        "Cluster", [.nodeExpiry, .chatServers, .chatServerChannels, .chatServerRooms])
}

/// The settings of a service of several nodes.
package struct ClusterSettings: Sendable {
    /// The Redis server that the nodes share.
    package var redis: RedisOptions
    /// The time after which a node that is not heard of is forgotten.
    package var expiry: Duration
    /// The chat servers that have sockets of their own, by chat system.
    var chatServers: [String: ChatServerOptions] = [:]

    /// The cluster in the settings; `nil` when they name no Redis server.
    /// - Parameter chatSystems: the names of the chat systems of this build.
    /// - Throws: `SettingError` for the first setting that is not valid.
    package init?(_ reader: SettingsReader, chatSystems: [String]) throws(SettingError) {
        guard let redis = try RedisOptions(reader) else {
            for setting in [Setting.chatServers, .chatServerChannels, .chatServerRooms]
            where reader.text(setting) != nil {
                throw SettingError(setting, "needs DARKROOM_REDIS_URL")
            }
            return nil
        }
        self.redis = redis
        expiry = .seconds(try reader.integer(.nodeExpiry, in: 3...300) ?? 15)
        for (name, value) in try Self.assignments(.chatServers, reader) {
            guard chatSystems.contains(name) else {
                throw SettingError(.chatServers, "'\(name)' is not one of \(chatSystems.joined(separator: ", "))")
            }
            guard let adapter = ChatServerOptions.Adapter(rawValue: value) else {
                throw SettingError(.chatServers, "'\(value)' is not node or python")
            }
            guard chatServers[name] == nil else { throw SettingError(.chatServers, "names '\(name)' twice") }
            chatServers[name] = ChatServerOptions(adapter: adapter)
        }
        for (name, value) in try Self.assignments(.chatServerChannels, reader) {
            guard chatServers[name] != nil else { throw Self.unknown(name, .chatServerChannels) }
            chatServers[name]?.channel = value
        }
        for (path, value) in try Self.assignments(.chatServerRooms, reader) {
            let parts = path.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard chatServers[parts[0]] != nil else { throw Self.unknown(parts[0], .chatServerRooms) }
            guard value.contains("{id}") else { throw SettingError(.chatServerRooms, "'\(value)' has no {id}") }
            switch parts.last {
            case "users": chatServers[parts[0]]?.userRoom = value
            case "conversations": chatServers[parts[0]]?.conversationRoom = value
            default: throw SettingError(.chatServerRooms, "'\(path)' is not NAME.users or NAME.conversations")
            }
        }
    }

    private static func unknown(_ name: String, _ setting: Setting) -> SettingError {
        SettingError(setting, "'\(name)' is not in DARKROOM_SOCKETIO_CLUSTER")
    }

    /// The pairs `name=value` of a list.
    private static func assignments(
        _ setting: Setting, _ reader: SettingsReader
    ) throws(SettingError) -> [(String, String)] {
        var assignments: [(String, String)] = []
        for entry in reader.list(setting) ?? [] {
            let halves = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard halves.count == 2 else { throw SettingError(setting, "'\(entry)' is not of the form name=value") }
            assignments.append((halves[0], halves[1]))
        }
        return assignments
    }
}

extension ClusterNode {
    /// A node of the cluster in the settings.
    package convenience init(_ settings: ClusterSettings, logger: Logger) {
        self.init(settings.redis, expiry: settings.expiry, chatServers: settings.chatServers, logger: logger)
    }
}
