import ChatBridge
import MediaAPI
import Realtime

/// The device that a socket belongs to: the one that the client named when it connected (query parameter `deviceId`);
/// without a valid name, each socket counts as a device of its own.
struct BananatalkDevice: Hashable {
    /// Stored as bytes so that names are compared bytewise: Unicode-equivalent names are different devices.
    private let name: [UInt8]

    init(_ socket: SocketIOSocket) { self.init(name: Self.name(socket)) }

    private init(name: String) { self.name = Array(name.utf8) }

    /// The device of a connection to another node.
    init(_ connection: PeerConnection) { self.init(name: connection.device ?? "") }

    /// The name of a socket's device, for the other nodes.
    static func name(_ socket: SocketIOSocket) -> String {
        let named = socket.handshake.query["deviceId"].flatMap { ChatIdentifier.isValid($0) ? $0 : nil }
        return named.map { "d" + $0 } ?? "s" + socket.id
    }
}

extension BananatalkSockets {
    /// The number of devices that a user has connected, to all nodes.
    func deviceCount(of user: String) -> Int {
        let room = UserRoom.name(user)
        let others = hub.peers?.connections(in: room) ?? []
        return Set(hub.sockets(in: room).map { BananatalkDevice($0) } + others.map { BananatalkDevice($0) }).count
    }

    /// The sockets of a user on this node to disconnect so that the limits hold: all sockets of the longest connected devices beyond
    /// the device limit, and the longest connected sockets of each device beyond the socket limit. The oldest socket
    /// comes first.
    func surplusSockets(of user: String) -> [SocketIOSocket] {
        var (kept, surplus): ([BananatalkDevice: Int], [SocketIOSocket]) = ([:], [])
        // Iterates from the newest socket to the oldest.
        for socket in hub.sockets(in: UserRoom.name(user)).reversed() {
            let device = BananatalkDevice(socket)
            let isKept =
                kept[device].map { $0 < service.limits.maximumSocketsOfDevice }
                ?? (kept.count < service.limits.maximumDevices)
            if isKept { kept[device, default: 0] += 1 } else { surplus.append(socket) }
        }
        return surplus.reversed()
    }
}
