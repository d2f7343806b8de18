import ChatBridge
import MediaAPI
import Realtime

/// The device that a socket belongs to: the one that the client named when it connected (query parameter `deviceId`);
/// without a valid name, each socket counts as a device of its own.
struct BananatalkDevice: Hashable {
    /// Stored as bytes so that names are compared bytewise: Unicode-equivalent names are different devices.
    private let name: [UInt8]

    init(_ socket: SocketIOSocket) {
        let named = socket.handshake.query["deviceId"].flatMap { ChatIdentifier.isValid($0) ? $0 : nil }
        name = Array((named.map { "d" + $0 } ?? "s" + socket.id).utf8)
    }
}

extension BananatalkSockets {
    /// The number of devices that a user has connected.
    func deviceCount(of user: String) -> Int {
        Set(hub.sockets(in: UserRoom.name(user)).map(BananatalkDevice.init)).count
    }

    /// The sockets of a user to disconnect so that the limits hold: all sockets of the longest connected devices beyond
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
