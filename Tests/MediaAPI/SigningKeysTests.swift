import Foundation
import Synchronization
import TestPrograms
import TestSupport
import Testing

@testable import MediaAPI

@Suite("Keys of identity providers")
struct SigningKeysTests {
    /// A provider that answers when the test says so, with a set of keys or not at all.
    private final class Source: Sendable {
        let fetches = Mutex(0)
        private let answers: AsyncStream<[UInt8]?>
        private let continuation: AsyncStream<[UInt8]?>.Continuation

        init() { (answers, continuation) = AsyncStream.makeStream() }

        func answer(_ set: [UInt8]?) { continuation.yield(set) }

        func fetch() async throws(IdentityTokenError) -> [UInt8] {
            fetches.withLock { $0 += 1 }
            for await answer in answers {
                guard let answer else { throw .noKeys(reason: "test") }
                return answer
            }
            throw .noKeys(reason: "the test is over")
        }
    }

    private let source = Source()
    private let clock = SteppedClock()
    private let keys: SigningKeys
    private let set: [UInt8]

    init() throws {
        let (source, clock) = (source, clock)
        keys = SigningKeys(now: { clock.now }) { () async throws(IdentityTokenError) in try await source.fetch() }
        let provider = try IdentityProvider()
        set = try withExtendedLifetime(provider) { try [UInt8](Data(contentsOf: provider.keysFile)) }
    }

    private func error() async -> IdentityTokenError? {
        await thrown(IdentityTokenError.self) { _ = try await keys.key("rsa") }
    }

    @Test("callers at the same time wait for one fetch")
    func concurrentCallers() async throws {
        async let first = keys.key("rsa")
        async let second = keys.key("ec")
        async let third = keys.key("other")
        try await eventually("it is fetched") { source.fetches.withLock { $0 } == 1 }
        source.answer(set)
        #expect(try await first != nil)
        #expect(try await second != nil)
        #expect(try await third == nil)
        #expect(source.fetches.withLock { $0 } == 1)
    }

    @Test("while there are no keys they are fetched every five seconds at most, and the error says that there are none")
    func failures() async throws {
        source.answer(nil)
        source.answer(Array("{}".utf8))
        for fetches in 1...2 {
            for _ in 1...3 {
                guard case .noKeys = await error() else { return #expect(Bool(false), "another error") }
            }
            #expect(source.fetches.withLock { $0 } == fetches)
            clock.advance(.seconds(5))
        }
        source.answer(set)
        #expect(try await keys.key("rsa") != nil)
        clock.advance(.seconds(59))
        #expect(try await keys.key("other") == nil)
        #expect(source.fetches.withLock { $0 } == 3)
        // A set that cannot be fetched again remains.
        clock.advance(.seconds(3600))
        source.answer(nil)
        #expect(try await keys.key("rsa") != nil)
        #expect(source.fetches.withLock { $0 } == 4)
    }
}
