import Foundation
import Testing

@testable import MediaAPI

@Suite("The activity of a node")
struct ActivityFeedTests {
    private func event(_ name: String) -> ActivityFeed.Entry.Content {
        .event(dialect: .bananatalk, name: name, recipient: "ann", message: nil)
    }

    private func name(_ entry: ActivityFeed.Entry) -> String {
        if case .event(_, let name, _, _) = entry.content { name } else { "" }
    }

    @Test("one who begins to watch gets the last 200 entries, then each as it comes, until the feed is closed")
    func watched() async throws {
        let feed = ActivityFeed { Date(timeIntervalSince1970: 0) }
        for number in 1...450 { feed.add(event("\(number)")) }
        let entries = try #require(feed.watch())
        feed.add(event("new"))
        feed.close()
        var names: [String] = []
        for await entry in entries { names.append(name(entry)) }
        #expect(names == (251...450).map(String.init) + ["new"])
        #expect(feed.watch() == nil)
    }

    @Test("at most 16 watch at once, and one who ends makes room for another")
    func bounded() async throws {
        let feed = ActivityFeed { Date(timeIntervalSince1970: 0) }
        var streams = (0..<16).map { _ in feed.watch() }
        #expect(streams.allSatisfy { $0 != nil })
        #expect(feed.watch() == nil)
        streams.removeLast()
        #expect(feed.watch() != nil)
        streams.removeAll()
    }
}
