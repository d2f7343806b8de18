import ChatBridge

/// Copies what a store has, in batches that each say how far the copy is.
struct StoreCopier: Sendable {
    let source: any MigrationSource
    let target: any MigrationTarget
    /// Called with the number of messages of each batch.
    let onCopied: @Sendable (Int) -> Void

    /// The most records of a batch.
    private static let batch = 500
    /// The most bytes of the texts of a batch, which is one transaction of the target.
    private static let batchBytes = 4 << 20

    /// Copies what a copy lacks that is as far as `progress`.
    func copy(_ progress: MigrationProgress) async throws {
        try await copyConversations(try await copySections(progress))
    }

    private func copySections(_ known: MigrationProgress) async throws -> MigrationProgress {
        var progress = known
        for section in MigrationSection.allCases where !progress.sections.contains(section) {
            if progress.section != section { (progress.section, progress.cursor) = (section, nil) }
            while progress.section == section {
                let page = try await source.page(of: section, after: progress.cursor, limit: Self.batch)
                progress.cursor = page.next
                if page.next == nil {
                    progress.sections.insert(section)
                    progress.section = nil
                }
                try await target.write(page.records, progress: progress)
            }
        }
        return progress
    }

    private func copyConversations(_ known: MigrationProgress) async throws {
        var batch = Batch(progress: known)
        var number = known.conversation
        while case let page = try await source.conversations(after: number, limit: Self.batch), let last = page.last {
            for conversation in page {
                var reader = ConversationReader(conversation, of: source)
                let copied = conversation.number == page[0].number && number == known.conversation ? known.message : 0
                while let messages = try await reader.next() {
                    let new = messages.filter { $0.number > copied }
                    batch.add(new)
                    if batch.isFull(Self.batch, Self.batchBytes) { try await write(&batch) }
                }
                batch.add(reader.completed(), greatestPlace: reader.greatestPlace)
                if batch.isFull(Self.batch, Self.batchBytes) { try await write(&batch) }
            }
            number = last.number
        }
        try await write(&batch)
    }

    private func write(_ batch: inout Batch) async throws {
        try await target.write(batch.messages, batch.conversations, progress: batch.progress)
        onCopied(batch.messages.count)
        batch = Batch(progress: batch.progress)
    }

    /// What one transaction of the target writes.
    private struct Batch {
        private(set) var messages: [MigratedMessage] = []
        private(set) var conversations: [MigratedConversation] = []
        private(set) var progress: MigrationProgress
        private var bytes = 0

        init(progress: MigrationProgress) { self.progress = progress }

        mutating func add(_ new: [MigratedMessage]) {
            messages += new
            bytes += new.reduce(0) { $0 + $1.message.text.utf8.count }
            if let last = new.last {
                progress.message = last.number
                progress.greatestPlace = max(progress.greatestPlace, last.place)
            }
        }

        mutating func add(_ conversation: MigratedConversation, greatestPlace: Int) {
            conversations.append(conversation)
            (progress.conversation, progress.message) = (conversation.number, 0)
            progress.greatestPlace = max(progress.greatestPlace, greatestPlace)
        }

        func isFull(_ count: Int, _ size: Int) -> Bool {
            messages.count >= count || conversations.count >= count || bytes >= size
        }
    }
}
