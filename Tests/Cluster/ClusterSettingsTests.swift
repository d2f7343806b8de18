import Configuration
import Testing

@testable import Cluster

@Suite("The settings of a cluster")
struct ClusterSettingsTests {
    private func settings(_ environment: [String: String]) throws -> ClusterSettings? {
        try ClusterSettings(SettingsReader(environment: environment), chatSystems: ["bananatalk", "rooms"])
    }

    private func settings(with more: [String: String]) throws -> ClusterSettings {
        try #require(try settings(more.merging(["DARKROOM_REDIS_URL": "redis://cache"]) { own, _ in own }))
    }

    @Test("without a Redis server there is no cluster, and no setting may need one")
    func none() throws {
        #expect(try settings([:]) == nil)
        #expect(throws: SettingError.self) { try settings(["DARKROOM_SOCKETIO_CLUSTER": "rooms=node"]) }
    }

    @Test("chat servers have the default names of their adapters, unless they are set")
    func chatServers() throws {
        let plain = try settings(with: [:])
        #expect(plain.expiry == .seconds(15) && plain.chatServers.isEmpty)
        let named = try settings(with: [
            "DARKROOM_NODE_EXPIRY": "5", "DARKROOM_SOCKETIO_CLUSTER": "bananatalk=node, rooms=python",
            "DARKROOM_SOCKETIO_CHANNELS": "rooms=app",
            "DARKROOM_SOCKETIO_ROOMS": "bananatalk.users=user:{id},rooms.conversations=chat:{id}",
        ])
        var node = ChatServerOptions(adapter: .node)
        #expect(node.channel == "socket.io" && node.userRoom == "{id}")
        node.userRoom = "user:{id}"
        var python = ChatServerOptions(adapter: .python, channel: "app")
        python.conversationRoom = "chat:{id}"
        #expect(named.expiry == .seconds(5) && named.chatServers == ["bananatalk": node, "rooms": python])
        #expect(ChatServerOptions(adapter: .python).channel == "socketio")
    }

    @Test(
        "what cannot be meant is rejected",
        arguments: [
            ("DARKROOM_SOCKETIO_CLUSTER", "other=node"), ("DARKROOM_SOCKETIO_CLUSTER", "rooms=java"),
            ("DARKROOM_SOCKETIO_CLUSTER", "rooms"), ("DARKROOM_SOCKETIO_CHANNELS", "bananatalk=app"),
            ("DARKROOM_SOCKETIO_ROOMS", "bananatalk.users={id}"), ("DARKROOM_SOCKETIO_ROOMS", "rooms.users=same"),
            ("DARKROOM_SOCKETIO_ROOMS", "rooms.bots={id}"), ("DARKROOM_SOCKETIO_ROOMS", "rooms={id}"),
            ("DARKROOM_SOCKETIO_ROOMS", ".={id}"), ("DARKROOM_SOCKETIO_CLUSTER", "rooms=node,rooms=python"),
            ("DARKROOM_NODE_EXPIRY", "2"), ("DARKROOM_REDIS_URL", "cache"),
        ])
    func rejected(variable: String, value: String) {
        let environment = ["DARKROOM_SOCKETIO_CLUSTER": "rooms=node"].merging([variable: value]) { $1 }
        #expect(throws: SettingError.self) { try settings(with: environment) }
    }
}
