import ChatBridge
import ChatTestSupport
import Foundation
import JSON

/// What the reading half of a store's API returns, as lines of text.
struct StoreView {
    let store: any ChatStore
    let clock: TestClock

    func lines() async throws -> [String] {
        var lines: [String] = []
        let users = FilledStore.users.union(["eve"]).sorted()
        for user in users {
            let record = try await store.user(user)
            let parts = record.map { "\($0.id) \($0.name) \($0.images) \($0.userType) \($0.details.encodedText())" }
            lines.append("user \(user): \(Self.text(parts)), \(Self.text(try await store.knownSince(user)))")
        }
        for user in users {
            let records = try await store.records(.account, of: user, in: FilledStore.dialects[0])
            lines += records.map { "record \($0.key) \($0.user) \($0.value.encodedText()) \($0.createdAt)" }
        }
        lines.append("found: \(try await store.searchUsers("EXAMPLE", except: "dan", limit: 20).map(\.id).sorted())")
        for dialect in FilledStore.dialects {
            for user in users { lines += try await view(of: user, dialect) }
            let seen = try await store.lastSeen(of: Set(users), in: dialect)
            lines.append("\(dialect.rawValue) seen: \(seen.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        }
        return lines + (try await work())
    }

    private func view(of user: String, _ dialect: Dialect) async throws -> [String] {
        let name = "\(dialect.rawValue) \(user)"
        var lines: [String] = []
        for order in [ConversationFilter.Order.lastChange, .lastMessage] {
            for page in 1...3 {
                let (list, total) = try await store.conversations(
                    of: user, in: dialect, filter: ConversationFilter(order: order, includesArchived: page != 2),
                    page: page == 3 ? 2 : 1, limit: page == 3 ? 2 : 10)
                lines.append("\(name) \(order) \(page): \(total) \(list.map(\.conversation.id))")
                guard page == 1 else { continue }
                for summary in list { lines += try await Self.text(summary, name, store) }
            }
        }
        let usage = try await store.usage(
            of: ChatCaller(id: user), in: dialect, allowance: DailyAllowance(regular: 9, visitor: 5), at: clock.now)
        lines.append("\(name) usage \(usage.current) of \(usage.max)")
        lines.append("\(name) contacts \(try await store.contacts(of: user, in: dialect, limit: 100).sorted())")
        return lines
    }

    private static func text(_ summary: ConversationSummary, _ name: String, _ store: any ChatStore) async throws
        -> [String]
    {
        let conversation = summary.conversation
        let place = "\(name) \(conversation.id)"
        let user = summary.membership.user
        var lines = [
            "\(place): \(conversation.members.sorted()) \(conversation.isDirect) \(conversation.name ?? "-") "
                + "\(conversation.settings.encodedText()) \(conversation.createdAt) \(conversation.updatedAt)",
            "\(place): unread \(summary.unreadCounts.sorted { $0.key < $1.key }) last \(summary.lastMessage?.id ?? "-")",
            "\(place): \(summary.membership)",
        ]
        let memberships = try await store.memberships(of: conversation.id, in: conversation.dialect)
        lines.append("\(place): \(memberships.sorted { $0.key < $1.key }.map(\.value))")
        var lists: [MessageList] = []
        for page in [MessagePage(limit: 50), MessagePage(page: 2, limit: 3)] {
            lists.append(
                try await store.messages(of: conversation.id, in: conversation.dialect, viewer: user, page: page))
        }
        for words in ["grusse", "A.b$c"] {
            let search = MessageSearch(words, in: conversation.id, limit: 50)
            lists.append(try await store.search(search, in: conversation.dialect, viewer: user))
        }
        for list in lists {
            lines.append("\(place): \(list.total)")
            lines += try list.messages.map { message in
                "\(place): " + (try canonical(message))
            }
        }
        let statistics = try await store.statistics(
            of: conversation.id, in: conversation.dialect, activeSince: Date(timeIntervalSince1970: 0))
        let types = statistics.messages.map { "\($0.key.rawValue) \($0.value)" }.sorted()
        lines.append("\(place): \(types) \(statistics.reactions) \(statistics.activeMembers.sorted())")
        return lines
    }

    private static func canonical(_ message: ChatMessage) throws -> String {
        try MigratedMessage(number: 0, message: message, hiddenFrom: [], deletion: nil).canonical.encodedText()
    }

    /// Media, uploads, objects, events and jobs.
    private func work() async throws -> [String] {
        var lines: [String] = []
        for id in ["medium", "another"] { lines.append("medium: \(Self.text(try await store.media(id)))") }
        let dialect = FilledStore.dialects[3]
        if let owner = try await store.media("medium")?.owner {
            let found = try await store.media(object: "medium", of: owner, in: dialect)
            lines.append("by object: \(Self.text(found?.id))")
        }
        lines.append("upload: \(Self.text(try await store.presignedUpload("open", in: dialect)))")
        lines.append("to delete: \(try await store.pendingDeletions(limit: 100).sorted())")
        for object in ["medium", "reserved", "incoming/open", "being-written", "deleted", "vain"] {
            lines.append("\(object): \(try await store.isReserved(object))")
            lines.append("\(object): \(try await store.records(of: object))")
        }
        let backlog = try await store.outboxBacklog()
        for letter in try await store.deadLetters(after: 0, limit: 100) { lines.append("dead letter: \(letter)") }
        lines.append(
            "outbox: \(backlog.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" })")
        for job in try await store.jobs(of: nil, isOpen: false, limit: 10) {
            let items = job.counts.items.filter { $0.value > 0 }.map { "\($0.key) \($0.value)" }.sorted()
            lines.append("job: \(job.id) \(job.state) \(job.origin) \(items) \(Self.text(job.idempotencyKey))")
            let failures = try await store.failures(of: job.id, after: 0, limit: 10)
            lines.append("failures: \(failures.map { "\($0.number) \($0.object) \($0.reason)" })")
        }
        var (selected, cursor): ([String], SelectionCursor?) = ([], nil)
        repeat {
            let page = try await store.select(MediaJobRequest(), after: cursor, limit: 2)
            selected += page.objects
            cursor = page.next
        } while cursor != nil
        return lines + ["selected: \(selected)"]
    }

    private static func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "-" }
}
