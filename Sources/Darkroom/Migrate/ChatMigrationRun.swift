import ChatBridge
import ChatStoreMongoDB
import ChatStoreSQLite
import Configuration
import Foundation
import Logging
import Migration
import Synchronization

/// One run of `darkroom migrate --from sqlite --to mongodb`.
struct ChatMigrationRun {
    private let settings: Settings

    init(_ settings: Settings) { self.settings = settings }

    func run(isAbort: Bool) async throws -> ExitCode {
        let (source, target) = try await ServiceFactory.migratedChat(settings)
        do {
            let migration = StoreMigration(from: source, to: target)
            let status = try await isAbort ? abort(migration) : copy(migration, of: source)
            await target.close()
            return status
        } catch {
            await target.close()
            throw error
        }
    }

    private func copy(_ migration: StoreMigration, of source: SQLiteChatStore) async throws -> ExitCode {
        let total = try await source.messageCount()
        let (copied, compared) = (Counter(), Counter())
        if try await source.migration() != nil { say("going on where the former run ended") }
        say("the chat store is read-only from now on: the service answers what reads")
        let display = Task {
            var display = ProgressDisplay(MediaJob.Counts(items: [.waiting: total * 2], isComplete: true))
            // Copying and comparing read every message once.
            await display.show {
                let ended = copied.value + compared.value
                return MediaJob.Counts(
                    items: [.done: ended, .waiting: max(total * 2 - ended, 0)], isComplete: true)
            }
        }
        let result: Result<MigrationReport?, any Error>
        do {
            result = .success(
                try await migration.run { phase, count in
                    switch phase {
                    case .copying: copied.add(count)
                    case .comparing:
                        // What a former run has copied counts, too.
                        copied.raise(to: total)
                        compared.add(count)
                    }
                })
        } catch { result = .failure(error) }
        display.cancel()
        await display.value
        guard let report = try result.get() else {
            print("the migration has ended before: start the service with the new settings")
            return .success
        }
        return show(report)
    }

    /// Prints what was compared. Returns the exit status.
    private func show(_ report: MigrationReport) -> ExitCode {
        let width = report.parts.map(\.name.count).max() ?? 0
        for part in report.parts {
            let counts =
                part.expected == part.found
                ? ProgressLine.number(part.expected)
                : "\(ProgressLine.number(part.expected)) and \(ProgressLine.number(part.found))"
            let digests =
                part.expectedDigest == part.foundDigest
                ? String(part.expectedDigest.prefix(16))
                : "\(part.expectedDigest.prefix(16)) and \(part.foundDigest.prefix(16))"
            print("\(part.name.padded(to: width))  \(counts)  \(digests)")
        }
        for difference in report.differences { print(difference) }
        if report.furtherDifferences > 0 { print("and \(ProgressLine.number(report.furtherDifferences)) more") }
        guard report.differences.isEmpty else {
            fflush(nil)
            say("the stores differ, and MongoDB cannot be used: undo the migration with --abort, and report this")
            return .failure
        }
        print("both stores are the same: start the service with the new settings")
        fflush(nil)
        return .success
    }

    private func abort(_ migration: StoreMigration) async throws -> ExitCode {
        if try await migration.abort() {
            print("SQLite is written again; MongoDB has a complete copy, which was not removed")
        } else {
            print("SQLite is written again; what was copied to MongoDB was removed")
        }
        return .success
    }

    private func say(_ text: String) { StandardError.write("\(text)\n") }
}

/// A number that several tasks change.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add(_ number: Int) { count.withLock { $0 += number } }

    func raise(to number: Int) { count.withLock { $0 = max($0, number) } }
}
