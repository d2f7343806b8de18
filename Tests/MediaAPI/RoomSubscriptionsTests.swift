import ChatBridge
import Concurrency
import Foundation
import Testing

@testable import MediaAPI
@testable import Realtime

/// Sockets of one user that are connected, without clients.
private struct Sockets {
    private struct Session: SocketIOSocketSession {
        let handshake = SocketIOHandshake(query: [:])
        func end(of expires: Date?) -> Duration? { nil }
        func authenticated(as user: String) {}
        func disconnect(_ namespace: String, closing: Bool) {}
        func send(_ messages: [EngineIOMessage], receipt: WriteReceipt?, isEphemeral: Bool) {}
    }

    let hub = SocketIOHub()
    let all: [SocketIOSocket]

    init(_ count: Int) {
        all = (0..<count).map { number in
            SocketIOSocket(
                id: "s\(number)", namespace: "/", user: ChatCaller(id: "ann"), expires: nil, connectedAt: Date(),
                session: Session())
        }
        for socket in all { hub.add(socket, to: [UserRoom.name("ann")]) }
    }

    /// How many calls for all sockets at once return `true`.
    func count(_ call: @escaping @Sendable (SocketIOSocket) -> Bool) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for socket in all { group.addTask { call(socket) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}

@Suite("Sockets that join a conversation")
struct RoomSubscriptionsTests {
    @Test("of a user's concurrent sockets exactly one is the first, and one the last")
    func concurrentSockets() async {
        let sockets = Sockets(16)
        let subscriptions = RoomSubscriptions(hub: sockets.hub, conversationKey: "chatId")
        for _ in 1...200 {
            #expect(await sockets.count { subscriptions.join("c", $0) == true } == 1)
            #expect(subscriptions.isPresent("ann", in: "c"))
            #expect(await sockets.count { subscriptions.leave("c", $0) } == 1)
            #expect(!subscriptions.isPresent("ann", in: "c"))
        }
        #expect(await sockets.count { subscriptions.join("c", $0) == true } == 1)
        for socket in sockets.all { sockets.hub.remove(socket) }
        #expect(await sockets.count { !subscriptions.disconnected($0).isEmpty } == 1)
    }

    @Test("a socket that joins twice is the first once, and one that has not joined is no last one")
    func repetitions() {
        let sockets = Sockets(2)
        let subscriptions = RoomSubscriptions(hub: sockets.hub, conversationKey: "chatId", maximumJoined: 1)
        #expect(!subscriptions.leave("c", sockets.all[0]))
        #expect(subscriptions.join("c", sockets.all[0]) == true)
        #expect(subscriptions.join("c", sockets.all[0]) == false)
        #expect(subscriptions.join("d", sockets.all[0]) == nil)
        #expect(!subscriptions.leave("c", sockets.all[1]))
        #expect(subscriptions.leave("c", sockets.all[0]))
    }
}
