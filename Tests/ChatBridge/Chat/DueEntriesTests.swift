import ChatTestSupport
import Logging
import Synchronization
import Testing

@testable import ChatBridge

@Suite("Work on what is due")
struct DueEntriesTests {
    private struct Failure: Error {}

    /// Entries that are due until they are handled, the smallest first.
    private final class Source: Sendable {
        private let state: Mutex<(due: [Int], handled: [Int])>
        let failing: Mutex<Set<Int>>

        init(_ due: [Int], failing: Set<Int> = []) {
            state = Mutex((due.sorted(), []))
            self.failing = Mutex(failing)
        }

        var handled: [Int] { state.withLock { $0.handled } }

        func read(_ limit: Int) -> [Int] { state.withLock { Array($0.due.prefix(limit)) } }

        func handle(_ entry: Int) throws -> Bool {
            if failing.withLock({ $0.contains(entry) }) { throw Failure() }
            state.withLock { state in
                state.due.removeAll { $0 == entry }
                state.handled.append(entry)
            }
            return true
        }
    }

    private let clock = TestClock()

    private func entries() -> DueEntries {
        DueEntries(batch: 10, now: { [clock] in clock.now }, logger: .silent)
    }

    private func handle(_ source: Source, _ entries: DueEntries) async throws {
        try await entries.handleAll(
            failure: "not handled", key: { "\($0)" }, read: { source.read($0) }, handle: { try source.handle($0) })
    }

    @Test("one that cannot be handled keeps no other from its turn, and gets its own later")
    func bad() async throws {
        let (source, entries) = (Source(Array(1...25), failing: [1]), entries())
        try await handle(source, entries)
        #expect(source.handled == Array(2...25))
        source.failing.withLock { $0 = [] }
        // It is put aside for a while.
        try await handle(source, entries)
        #expect(source.handled == Array(2...25))
        clock.advance(60)
        try await handle(source, entries)
        #expect(source.handled == Array(2...25) + [1])
    }

    @Test("several failures in a row end a pass, and the next one goes on with the others")
    func manyBad() async throws {
        let (source, entries) = (Source(Array(1...30), failing: Set(1...25)), entries())
        for _ in 0..<2 { await #expect(throws: Failure.self) { try await handle(source, entries) } }
        #expect(source.handled == [])
        try await handle(source, entries)
        #expect(source.handled == Array(26...30))
    }

    @Test("what is due and stays so without an error ends the pass")
    func unchanged() async throws {
        let count = Mutex(0)
        try await entries().handleAll(
            failure: "not handled", key: { "\($0)" }, read: { Array((1...1000).prefix($0)) },
            handle: { _ in
                count.withLock { $0 += 1 }
                return false
            })
        #expect(count.withLock { $0 } == 1000)
    }

    @Test("a store that is read-only ends the pass at once, and nothing is put aside")
    func readOnly() async throws {
        let (source, entries) = (Source(Array(1...3)), entries())
        await #expect(throws: ChatError.self) {
            try await entries.handleAll(
                failure: "not handled", key: { "\($0)" }, read: { source.read($0) },
                handle: { _ in throw ChatError(.readOnly) })
        }
        try await handle(source, entries)
        #expect(source.handled == [1, 2, 3])
    }
}
