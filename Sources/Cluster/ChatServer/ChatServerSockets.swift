import Concurrency
import Logging
import Realtime
import Redis
import Synchronization

/// The sockets of a chat server: events are published for them, and what the chat server publishes reaches the sockets here.
final class ChatServerSockets: Sendable {
    private struct Receiver {
        weak var hub: (any HubReceiver)?
        var isAnyConnection: @Sendable (_ group: String) -> Bool = { _ in false }
    }

    private let options: ChatServerOptions
    private let names: GroupNames
    private let client: RedisClient
    /// The ID that all nodes send with, so that none of them takes what another has sent for the chat server's.
    private let sender: String
    private let (users, conversations): (RoomTemplate, RoomTemplate)
    private let receiver = Mutex(Receiver())

    init(_ options: ChatServerOptions, names: GroupNames, client: RedisClient, cluster: String) {
        self.options = options
        self.names = names
        self.client = client
        sender = "darkroom:\(cluster)"
        users = RoomTemplate(options.userRoom)
        conversations = RoomTemplate(options.conversationRoom)
    }

    func attach(_ hub: any HubReceiver, isAnyConnection: @escaping @Sendable (_ group: String) -> Bool) {
        receiver.withLock { $0 = Receiver(hub: hub, isAnyConnection: isAnyConnection) }
    }

    /// Publishes an event for the chat server's sockets.
    func send(_ event: HubEvent, receipt: WriteReceipt) {
        guard let emission = emission(of: event) else { return }
        let command: RedisCommand
        switch options.adapter {
        case .node:
            let channel = NodeAdapterMessage.channel(options.channel, rooms: emission.rooms)
            command = RedisCommand("PUBLISH", channel, payload: NodeAdapterMessage.encode(emission, from: sender))
        case .python:
            command = RedisCommand(
                "PUBLISH", options.channel, payload: PythonManagerMessage.encode(emission, from: sender))
        }
        client.enqueue([command]) { withExtendedLifetime(receipt) {} }
    }

    /// The rooms of an event: the conversation's where receivers must have joined it, else those of the users; `nil` for an
    /// event for neither.
    func emission(of event: HubEvent) -> RoomEmission? {
        let groups = event.within.map { [$0] } ?? event.groups.sorted()
        let rooms = groups.compactMap(room)
        guard !rooms.isEmpty else { return nil }
        return RoomEmission(
            event: event.name, arguments: event.arguments, rooms: rooms, except: event.outside.compactMap(room).sorted()
        )
    }

    private func room(_ group: String) -> String? {
        switch names.group(group) {
        case .user(let id): users.room(of: id)
        case .conversation(let id): conversations.room(of: id)
        case nil: nil
        }
    }

    /// The groups that a room may be.
    private func groups(_ room: String) -> [String] {
        [
            users.id(in: room).flatMap { names.name(.user($0)) },
            conversations.id(in: room).flatMap { names.name(.conversation($0)) },
        ].compactMap { $0 }
    }

    /// Passes on what the chat server publishes until the task is cancelled.
    func listen(_ redis: RedisOptions, logger: Logger) async {
        let (emissions, continuation) = AsyncStream.makeStream(
            of: RoomEmission.self, bufferingPolicy: .bufferingOldest(10_000))
        let reader = ChatServerReader(options, sender: sender, logger: logger) { continuation.yield($0) }
        let worker = RedisWorker(redis, name: "redis-sockets", logger: logger) {
            connection, stop throws(RedisError) in try reader.read(connection, until: stop)
        }
        for await emission in emissions { await receive(emission) }
        worker.stop()
    }

    /// Sends an event of the chat server to the connections of this node that it is for: of a conversation's, those whose users
    /// are members.
    func receive(_ emission: RoomEmission) async {
        let (hub, isAnyConnection) = receiver.withLock { ($0.hub, $0.isAnyConnection) }
        guard let hub else { return }
        var event = HubEvent(emission.event, emission.arguments, to: [])
        event.outside = Set(emission.except.flatMap(groups))
        if emission.rooms.isEmpty {
            event.isForAll = true
            return hub.receive(event, receipt: nil)
        }
        event.groups = Set(
            emission.rooms.compactMap { room in users.id(in: room).flatMap { names.name(.user($0)) } })
        if event.groups.contains(where: isAnyConnection) { hub.receive(event, receipt: nil) }
        for id in emission.rooms.compactMap({ conversations.id(in: $0) }) {
            guard let group = names.name(.conversation(id)), isAnyConnection(group) else { continue }
            event.groups = Set(await names.members(id).compactMap { names.name(.user($0)) })
            event.within = group
            hub.receive(event, receipt: nil)
        }
    }
}
