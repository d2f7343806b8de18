package import ChatBridge
import Foundation

/// Moves a chat store to another engine: copies everything and compares both stores. It can be ended anywhere, also by a crash,
/// and continued by another process.
package struct StoreMigration: Sendable {
    private let source: any MigrationSource
    private let target: any MigrationTarget

    /// A migration.
    package init(from source: any MigrationSource, to target: any MigrationTarget) {
        (self.source, self.target) = (source, target)
    }

    /// Begins, or continues, and ends the migration.
    /// - Parameters:
    ///   - id: names the migration where none has begun.
    ///   - progress: called with the number of messages that were copied, or compared, since the last call.
    /// - Returns: what was compared; `nil` where the migration had ended before. Where it says that the stores differ, the
    ///   migration has not ended.
    /// - Throws: `MigrationError` where the target has anything that this migration did not write: nothing was changed then;
    ///   `ChatError` where a store fails: the migration can be continued.
    package func run(
        id: String = UUID().uuidString.lowercased(), progress: @escaping @Sendable (Phase, Int) -> Void = { _, _ in }
    ) async throws -> MigrationReport? {
        guard let known = try await begin(id) else { return nil }
        try await StoreCopier(source: source, target: target, onCopied: { progress(.copying, $0) }).copy(known)
        let report = try await StoreComparer(
            source: source, target: target, onCompared: { progress(.comparing, $0) }
        ).compare()
        guard report.differences.isEmpty else { return report }
        try await target.endCopy()
        try await source.endMigration()
        return report
    }

    /// What a migration does.
    package enum Phase: Sendable {
        case copying, comparing
    }

    private func begin(_ id: String) async throws -> MigrationProgress? {
        let known = try await source.migration()
        if known?.isEnded ?? false { return nil }
        // From here on nothing changes that is copied.
        let id = try await source.beginMigration(id).id
        do {
            if let progress = try await target.progress(of: id) { return progress }
            try await requireNoneExist()
        } catch MigrationError.ended {
            // It was killed before the source had recorded that.
            try await source.endMigration()
            return nil
        } catch let error as MigrationError {
            if known == nil { try await source.abortMigration() }
            throw error
        }
        try await target.beginCopy(of: id)
        return MigrationProgress()
    }

    /// - Throws: `MigrationError.exists` for the first message or conversation that the target has already.
    private func requireNoneExist() async throws {
        var number = 0
        while case let page = try await source.conversations(after: number, limit: 1_000), let last = page.last {
            if let existing = try await target.firstExisting(conversations: page) {
                throw MigrationError.exists(existing)
            }
            number = last.number
        }
        number = 0
        while case let page = try await source.messageIDs(after: number, limit: 1_000), let last = page.last {
            for (dialect, group) in Dictionary(grouping: page, by: \.dialect) {
                if let existing = try await target.firstExisting(messages: group.map(\.id), in: dialect) {
                    throw MigrationError.exists(existing)
                }
            }
            number = last.number
        }
    }

    /// Undoes the migration: removes what was copied, unless everything was, and makes the source writable again.
    /// - Returns: whether the copy was complete, and stays.
    /// - Throws: `MigrationError`; `ChatError` where a store fails: then it can be tried again.
    package func abort() async throws -> Bool {
        guard let known = try await source.migration() else { throw MigrationError.nothingToAbort }
        if !known.isEnded, try await target.beginRemoval(of: known.id) {
            var number = 0
            while case let page = try await source.messageIDs(after: number, limit: 1_000), let last = page.last {
                try await target.remove(messages: page.map { ($0.dialect, $0.id) }, conversations: [])
                number = last.number
            }
            number = 0
            while case let page = try await source.conversations(after: number, limit: 1_000), let last = page.last {
                try await target.remove(messages: [], conversations: page.map(\.conversation))
                number = last.number
            }
            try await target.endRemoval()
        }
        try await source.abortMigration()
        return known.isEnded
    }
}
