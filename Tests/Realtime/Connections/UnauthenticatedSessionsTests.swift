import Synchronization
import Testing

@testable import Realtime

struct UnauthenticatedSessionsTests {
    private final class Ended: Sendable {
        let ids = Mutex(Set<String>())
    }

    private func sessions(total: Int, perAddress: Int) -> UnauthenticatedSessions {
        var limits = UnauthenticatedLimits()
        limits.maximumSessions = total
        limits.maximumPerAddress = perAddress
        return UnauthenticatedSessions(limits: limits)
    }

    private func enter(
        _ sessions: UnauthenticatedSessions, _ id: String, _ network: String, _ connection: Int, _ ended: Ended
    ) {
        sessions.enter(id, from: ClientOrigin(network: network, connection: connection)) {
            _ = ended.ids.withLock { $0.insert(id) }
        }
    }

    @Test("a flood over one connection ends its own sessions, before others of its address")
    func oneConnection() {
        let (sessions, ended) = (sessions(total: 1_000, perAddress: 100), Ended())
        enter(sessions, "early", "a", 1, ended)
        for index in 0..<20_000 { enter(sessions, "flood \(index)", "a", 2, ended) }
        enter(sessions, "late", "a", 3, ended)
        for index in 0..<20_000 { enter(sessions, "second flood \(index)", "a", 2, ended) }
        #expect(sessions.count == 100)
        #expect(ended.ids.withLock { $0.isDisjoint(with: ["early", "late"]) })
        #expect(ended.ids.withLock { !$0.contains("second flood 19999") })
    }

    @Test("of many connections with a session each the oldest is ended")
    func manyConnections() {
        let (sessions, ended) = (sessions(total: 1_000, perAddress: 100), Ended())
        for index in 0..<150 { enter(sessions, "\(index)", "a", index, ended) }
        #expect(ended.ids.withLock { $0 } == Set((0..<50).map(String.init)))
    }

    @Test("where there are too many in all, one of the address with the most is ended")
    func manyAddresses() {
        let (sessions, ended) = (sessions(total: 100, perAddress: 80), Ended())
        for index in 0..<70 { enter(sessions, "flood \(index)", "a", 1, ended) }
        for index in 0..<50 { enter(sessions, "other \(index)", "b\(index)", 100 + index, ended) }
        #expect(sessions.count == 100)
        #expect(ended.ids.withLock { $0 } == Set((0..<20).map { "flood \($0)" }))
    }

    @Test("a session that has authenticated or ended counts no more")
    func leaving() {
        let (sessions, ended) = (sessions(total: 10, perAddress: 2), Ended())
        for index in 0..<10 {
            enter(sessions, "\(index)", "a", index, ended)
            sessions.leave("\(index)")
            sessions.leave("\(index)")
        }
        #expect(sessions.count == 0)
        #expect(ended.ids.withLock { $0.isEmpty })
    }
}
