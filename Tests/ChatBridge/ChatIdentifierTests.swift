import ChatStoreSQLite
import ChatTestSupport
import Concurrency
import Foundation
import JSON
import TestSupport
import Testing

@testable import ChatBridge

@Suite("Identifiers are bytes")
struct ChatIdentifierTests {
    @Test(
        "an ID in normal form C is accepted",
        arguments: ["ann", "caf\u{E9}", "\u{0E01}\u{0E33}", "a b", "\u{1F600}", "user@example.org"])
    func valid(id: String) { #expect(ChatIdentifier.isValid(id)) }

    @Test(
        "an ID that equals another canonically, or has invisible, bidirectional or unassigned characters, is rejected",
        arguments: [
            "", "cafe\u{301}", "\u{212B}", "\u{1100}\u{1161}", "a\u{200B}", "a\u{200D}b", "a\u{FE0F}", "\u{202E}nna",
            "a\u{2066}",
            "a\u{AD}", "\u{FEFF}ann", "a\u{61C}", "\u{3164}", "a\u{E0061}", "a\nb", "a\u{0}", "a\u{85}", "a\u{2028}",
            "a\u{FFFD}",
            "a\u{FFFE}", "a\u{E000}", "a\u{378}", "a\u{FFF9}", String(repeating: "a", count: 129),
            String(repeating: "\u{E9}", count: 65),
        ])
    func invalid(id: String) { #expect(!ChatIdentifier.isValid(id)) }

    @Test(
        "an ID that was stored before IDs had a form belongs to no caller, nor do its messages and memberships")
    func kept() async throws {
        let fixture = try StoreFixture()
        let (old, new) = ("cafe\u{301}", "caf\u{E9}")
        #expect(old == new)
        // The form is checked by the callers of the store: the store itself accepts any ID.
        let saved = try await fixture.send(from: old, to: "bob")
        let message = try #require(try await fixture.store.message(saved.message.id, in: .bananatalk, viewer: nil))
        #expect(message.sender != new && message.sender == ChatIdentifier.escaped(old))
        let members = try await fixture.store.members(of: message.conversation, in: .bananatalk)
        #expect(!members.contains(new) && members.contains("bob"))
        // The conversation of one is not that of the other.
        let own = try await fixture.send(from: new, to: "bob")
        #expect(own.message.conversation != message.conversation)
    }
}

@Suite("Numbers from outside and from the tables")
struct NumberTests {
    private static let hard: [Int] = [.min, .min + 1, -1, 0, 1, 1 << 53, .max - 1, .max]

    @Test("any number is a date that can be written", arguments: hard)
    func moments(number: Int) {
        let date = Date(milliseconds: number)
        #expect(!Timestamp.milliseconds(date).isEmpty && !Timestamp.seconds(date).isEmpty)
        _ = (date.milliseconds, date.day, ObjectIDGenerator().next(at: date))
        #expect(Date(milliseconds: date.milliseconds) == date)
    }

    @Test(
        "any number of seconds is one",
        arguments: [Double.nan, .infinity, -.infinity, 1e19, 1e308, -1e308, -0.0, 9.3e15])
    func seconds(number: Double) {
        let date = Date(timeIntervalSince1970: number)
        _ = (date.milliseconds, date.day, ObjectIDGenerator().next(at: date))
        #expect(!Timestamp.milliseconds(Date(milliseconds: date.milliseconds)).isEmpty)
        #expect((Int.min...Int.max).contains(Int(saturating: number)))
    }

    @Test("any page number and limit is a page", arguments: hard, hard)
    func pages(page: Int, limit: Int) async throws {
        let fixture = try StoreFixture()
        let saved = try await fixture.send(from: "ann", to: "bob")
        let list = try await fixture.store.messages(
            of: saved.message.conversation, in: .bananatalk, viewer: "ann",
            page: MessagePage(
                page: page, limit: limit, before: .date(Date(milliseconds: limit)),
                after: .date(Date(milliseconds: page))))
        #expect(list.messages.count <= 1)
        _ = try await fixture.store.conversations(of: "ann", in: .bananatalk, page: page, limit: limit)
        let keys = MediaJobRequest(keys: ["a", "b"])
        #expect(try await fixture.store.select(keys, after: .key(page), limit: limit).objects.count <= 2)
    }

    @Test("any duration is a number of milliseconds")
    func durations() {
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMilliseconds == .min)
        #expect(Duration.milliseconds(1500).wholeMilliseconds == 1500)
    }

    @Test("one user cannot use up all reactions of a message")
    func reactions() async throws {
        let fixture = try StoreFixture()
        let saved = try await fixture.send(from: "ann", to: "bob")
        func react(_ user: String, _ number: Int) async throws -> Bool {
            try await fixture.store.react(
                to: saved.message.id, in: .bananatalk,
                Reaction(user: user, emoji: "e\(number)", createdAt: fixture.clock.now), inPlace: false, outbox: [])
        }
        for number in 0..<16 { #expect(try await react("ann", number)) }
        let error = await thrown(ChatError.self) { try await react("ann", 16) }
        #expect(error?.code == .limitReached)
        #expect(try await react("bob", 16))
    }
}
