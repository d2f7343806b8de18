import ChatBridge
import MediaAPI
import Realtime

/// What a socket belongs to: the device that its client named when it connected (`deviceId` of the query), else a device of
/// its own.
struct BananatalkDevice: Hashable {
    /// Bytes: two names that only look alike are two.
    private let name: [UInt8]

    init(_ socket: SocketIOSocket) {
        let named = socket.handshake.query["deviceId"].flatMap { ChatIdentifier.isValid($0) ? $0 : nil }
        name = Array((named.map { "d" + $0 } ?? "s" + socket.id).utf8)
    }
}

extension BananatalkSockets {
    /// How many devices of a user are connected.
    func deviceCount(of user: String) -> Int {
        Set(hub.sockets(in: UserRoom.name(user)).map(BananatalkDevice.init)).count
    }

    /// The sockets of a user that make room for newer ones: all of the longest connected devices beyond the limit, and of
    /// each device the longest connected ones beyond its own.
    func surplusSockets(of user: String) -> [SocketIOSocket] {
        var (kept, surplus): ([BananatalkDevice: Int], [SocketIOSocket]) = ([:], [])
        // The newest first.
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
