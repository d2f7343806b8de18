import ChatTestSupport
import Foundation
import MediaAPI
import Testing

@testable import ChatBridge
@testable import Realtime

@Suite("Presence")
struct PresenceTests {
    private let hub = ConnectionHub { event, _ in event }

    private func connection(_ user: String = "bob") -> UserConnection {
        UserConnection(user: ChatCaller(id: user), expires: nil, transport: FakeClient())
    }

    @Test("of connections that open or end at once, one is the first and one the last")
    func first() {
        let presence = Presence(connections: hub, now: { Date() })
        let connections = (0..<3).map { _ in connection() }
        for connection in connections { hub.add(connection) }
        #expect(connections.map { _ in presence.connected("bob") } == [true, false, false])
        for connection in connections { hub.remove(connection) }
        #expect(connections.map { _ in presence.disconnected("bob") } == [true, false, false])
        // One that has ended before it was recorded leaves nothing behind.
        #expect(!presence.connected("bob") && !presence.disconnected("bob"))
        hub.add(connections[0])
        #expect(presence.connected("bob"))
    }

    @Test("what a page that was closed would say is not sent when the next one is open, nor the other way round")
    func order() {
        let presence = Presence(connections: hub, now: { Date() })
        let (old, new) = (connection(), connection())
        var sent: [String] = []
        hub.add(old)
        #expect(presence.connected("bob"))
        hub.remove(old)
        #expect(presence.disconnected("bob"))
        // Both events wait for what is read for them; the next page opens.
        presence.announce("bob", whileOnline: true) { sent.append("a connection that has ended") }
        hub.add(new)
        #expect(presence.connected("bob"))
        presence.announce("bob", whileOnline: true) { sent.append("online") }
        presence.announce("bob", whileOnline: false) { sent.append("offline") }
        presence.announce("bob", whileOnline: nil) { sent.append("status") }
        #expect(sent == ["online", "status"])
    }
}
