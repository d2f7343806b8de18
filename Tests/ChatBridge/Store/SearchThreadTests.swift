import ChatTestSupport
import Dispatch
import Foundation
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

@Suite("Searches that take long", .timeLimit(.minutes(5)))
struct SearchThreadTests {
    private let fixture: StoreFixture
    private let store: SQLiteChatStore

    init() throws {
        fixture = try StoreFixture()
        store = try #require(fixture.store as? SQLiteChatStore)
    }

    private func search(_ text: String, seconds: Double = 60) async throws -> MessageList {
        try await #require(store.reader).search(
            MessageSearch(text, limit: 10), in: .bananatalk, viewer: "ann", seconds: seconds)
    }

    private func failure(_ body: () async throws -> Void) async -> ChatError? {
        do { try await body() } catch { return error as? ChatError }
        return nil
    }

    /// So many messages that a search for several of their words takes more than a moment.
    private func fill() async throws {
        for _ in 0..<300 { try await fixture.send(from: "ann", to: "bob", text: "a b c d e f g h i j k l m n o p") }
    }

    @Test("a search that takes longer than it may ends with an error, and the next one is answered")
    func tooLong() async throws {
        try await fill()
        let error = await failure { _ = try await search("a b c d e f g h", seconds: 0) }
        #expect(error?.reason == .searchTooLong && error?.code == .limitReached)
        #expect(try await search("a b c d e f g h").total == 300)
    }

    @Test("while a search is under way, other operations are performed")
    func beside() async throws {
        let (store, started, mayEnd) = (store, Signal(), DispatchSemaphore(value: 0))
        let reader = try #require(store.reader)
        let searching = Task { await reader.hold(started, until: mayEnd) }
        await started.wait()
        let sent = try await fixture.send(from: "ann", to: "bob", text: "hello")
        let found = Task { try await store.search(MessageSearch("hello", limit: 10), in: .bananatalk, viewer: "bob") }
        #expect(try await store.message(sent.message.id, in: .bananatalk, viewer: "ann") != nil)
        mayEnd.signal()
        await searching.value
        #expect(try await found.value.messages.map(\.id) == [sent.message.id])
    }

    @Test("a search that no one waits for any more ends")
    func cancelled() async throws {
        try await fill()
        let (started, mayEnd) = (Signal(), DispatchSemaphore(value: 0))
        let reader = try #require(store.reader)
        let searching = Task { await reader.hold(started, until: mayEnd) }
        await started.wait()
        let found = Task { try await search("a b c") }
        found.cancel()
        mayEnd.signal()
        await searching.value
        await #expect(throws: CancellationError.self) { _ = try await found.value }
    }

    @Test("of one user four searches are under way at once, and the next is rejected; others are not affected")
    func turns() async throws {
        let turns = SearchTurns()
        let waiting = (0..<SearchTurns.maximumEach).map { _ in
            let (begun, mayEnd) = (Signal(), Signal())
            let task = Task {
                try await turns.run(for: "ann") {
                    begun.send()
                    await mayEnd.wait()
                }
            }
            return (task: task, begun: begun, mayEnd: mayEnd)
        }
        for search in waiting { await search.begun.wait() }
        #expect(await failure { try await turns.run(for: "ann") {} }?.code == .tooManySearches)
        try await turns.run(for: "bob") {}
        for search in waiting {
            search.mayEnd.send()
            try await search.task.value
        }
        try await turns.run(for: "ann") {}
    }
}

extension SQLiteChatStore {
    /// Holds the thread of this store.
    fileprivate func hold(_ started: Signal, until mayEnd: DispatchSemaphore) {
        started.send()
        mayEnd.wait()
    }
}

/// Something that happens once, and is awaited.
private final class Signal: Sendable {
    private let (stream, continuation) = AsyncStream<Void>.makeStream()

    func send() { continuation.finish() }
    func wait() async { for await _ in stream {} }
}
