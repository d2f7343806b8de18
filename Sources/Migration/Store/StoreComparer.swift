import ChatBridge
import JSON

/// Compares a copy with its source: each record, each conversation and its messages, their numbers and their hashes.
struct StoreComparer: Sendable {
    let source: any MigrationSource
    let target: any MigrationTarget
    /// Called with the numbers of messages that were compared.
    let onCompared: @Sendable (Int) -> Void

    private static let page = 500

    func compare() async throws -> MigrationReport {
        var report = MigrationReport()
        let (expected, found) = (try await source.counts(), try await target.counts())
        for section in MigrationSection.allCases {
            var part = MigrationReport.Part(
                name: section.rawValue, expected: expected[section] ?? 0, found: found[section] ?? 0,
                expectedDigest: "", foundDigest: "")
            try await compare(section, &part, &report)
            if part.expected != part.found {
                report.add(
                    difference: "\(part.name): \(part.expected) records in the source, \(part.found) in the target")
            }
            report.parts.append(part)
        }
        try await compareConversations(&report)
        return report
    }

    private func compare(
        _ section: MigrationSection, _ part: inout MigrationReport.Part, _ report: inout MigrationReport
    ) async throws {
        var (expected, found) = (ChainedDigest(), ChainedDigest())
        var cursor: JSONValue?
        repeat {
            let page = try await source.page(of: section, after: cursor, limit: Self.page)
            for entry in try await target.compare(page.records) {
                expected.add(entry.expected)
                found.add(entry.found ?? [])
                add(entry, to: &report)
            }
            cursor = page.next
        } while cursor != nil
        (part.expectedDigest, part.foundDigest) = (expected.text, found.text)
    }

    private func add(_ entry: MigrationComparison, to report: inout MigrationReport) {
        guard entry.found != entry.expected else { return }
        report.add(difference: "\(entry.name) \(entry.found == nil ? "is missing" : "differs")")
    }

    private func compareConversations(_ report: inout MigrationReport) async throws {
        var (all, number) = (ConversationComparison(), 0)
        var count = 0
        while case let page = try await source.conversations(after: number, limit: Self.page), let last = page.last {
            for conversation in page {
                let comparison = try await compare(conversation, &report)
                all.expected.add(Array(comparison.expected.text.utf8))
                all.found.add(Array(comparison.found.text.utf8))
                all.expectedMessages += comparison.expectedMessages
                all.foundMessages += comparison.foundMessages
                count += 1
                onCompared(comparison.expectedMessages)
            }
            number = last.number
        }
        let name = count == 1 ? "messages of 1 conversation" : "messages of \(count) conversations"
        report.parts.append(
            MigrationReport.Part(
                name: name, expected: all.expectedMessages, found: all.foundMessages,
                expectedDigest: all.expected.text, foundDigest: all.found.text))
    }

    private func compare(
        _ conversation: MigratedConversation, _ report: inout MigrationReport
    ) async throws -> ConversationComparison {
        let id = "\(conversation.conversation.dialect.rawValue) conversation \(conversation.conversation.id)"
        var (result, reader, place) = (ConversationComparison(), ConversationReader(conversation, of: source), 0)
        var isReported = false
        while let expected = try await reader.next() {
            let found = try await target.messages(
                of: conversation.conversation, afterPlace: place, limit: expected.count)
            for (index, message) in expected.enumerated() {
                let other = index < found.count ? try found[index].canonical.encoded() : nil
                let canonical = try message.canonical.encoded()
                result.add(canonical, other)
                guard other != canonical, !isReported else { continue }
                isReported = true
                report.add(
                    difference: "\(id): message \(message.message.id) \(other == nil ? "is missing" : "differs")")
            }
            let referring = expected.filter { !$0.objects.isEmpty }
            for entry in referring.isEmpty ? [] : try await target.compareReferences(of: referring) {
                result.add(entry.expected, entry.found, isMessage: false)
                add(entry, to: &report)
            }
            place = found.last?.place ?? place
        }
        let (expected, found) = (reader.completed(), try await target.copy(of: conversation))
        let (canonical, other) = (expected.canonical.encoded(), found?.canonical.encoded())
        result.add(canonical, other, isMessage: false)
        if canonical != other { report.add(difference: "\(id) \(other == nil ? "is missing" : "differs")") }
        if let more = try await target.messages(of: conversation.conversation, afterPlace: place, limit: 1).first {
            result.foundMessages += 1
            report.add(difference: "\(id): message \(more.message.id) is not in the source")
        }
        return result
    }
}

/// A conversation in both stores.
private struct ConversationComparison {
    var expected = ChainedDigest()
    var found = ChainedDigest()
    var expectedMessages = 0
    var foundMessages = 0

    mutating func add(_ canonical: [UInt8], _ other: [UInt8]?, isMessage: Bool = true) {
        expected.add(canonical)
        found.add(other ?? [])
        guard isMessage else { return }
        expectedMessages += 1
        if other != nil { foundMessages += 1 }
    }
}
