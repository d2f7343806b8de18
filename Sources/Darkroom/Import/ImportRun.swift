import ChatBridge
import Concurrency
import Foundation
import Jobs
import Logging
import MediaModel
import ObjectStore
import Synchronization

/// One run of `darkroom import`: lists the objects, registers several at once, and reports each.
final class ImportRun: Sendable {
    private let options: ImportOptions
    private let objects: any ObjectStore
    private let chat: any ChatStore
    private let importer: MediaImporter
    private let counts = Mutex(MediaJob.Counts())
    /// How many objects failed, by code.
    private let failures = Mutex<[String: Int]>([:])
    private let isStopping = Mutex(false)

    /// How often an object is tried after temporary errors: after 1 s and 4 s.
    private static let attempts = 3
    private static let pageSize = 1000

    init(_ options: ImportOptions, objects: any ObjectStore, chat: any ChatStore, importer: MediaImporter) {
        self.options = options
        self.objects = objects
        self.chat = chat
        self.importer = importer
    }

    /// Registers the selected objects.
    /// - Throws: errors of the object store when it cannot list; errors of the chat store.
    func run(jobs: Int, until signals: TerminationSignals) async throws -> ExitCode {
        let stop = Task { [stream = signals.stream] in
            for await _ in stream {
                isStopping.withLock { $0 = true }
                StandardError.write("finishing what was begun; again to end at once\n")
            }
        }
        defer { withExtendedLifetime(signals) { stop.cancel() } }
        let display = Task {
            var display = ProgressDisplay(MediaJob.Counts())
            await display.show { self.counts.withLock { $0 } }
        }
        let result: Result<Void, any Error>
        do { result = .success(try await registerAll(jobs: jobs)) } catch { result = .failure(error) }
        display.cancel()
        await display.value
        try result.get()
        return report()
    }

    private func registerAll(jobs: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            try await Self.forEach(options, objects) { key, origin in
                guard !isStopping.withLock({ $0 }) else { return false }
                counts.withLock { $0.items[.running, default: 0] += 1 }
                if running == jobs { try await group.next() } else { running += 1 }
                group.addTask { try await self.register(key, origin) }
                return true
            } skipped: {
                counts.withLock { $0.items[.skipped, default: 0] += 1 }
            }
            counts.withLock { $0.isComplete = true }
            try await group.waitForAll()
        }
    }

    private func register(_ key: ObjectKey, _ origin: ImportOrigin) async throws {
        var attempt = 1
        while true {
            do {
                return end(key, try await registered(key, origin))
            } catch  where error.isTemporaryProcessingError && attempt < Self.attempts {
                try await Task.sleep(for: .seconds(attempt == 1 ? 1 : 4))
                attempt += 1
            } catch {
                let reason = MediaJobItem.Reason(error)
                say("\(key)\t\(reason.code)\t\(reason.message)")
                failures.withLock { $0[reason.code, default: 0] += 1 }
                return count(.failed)
            }
        }
    }

    /// What is registered already is not read again.
    private func registered(_ key: ObjectKey, _ origin: ImportOrigin) async throws -> MediaImporter.Result {
        try await chat.records(of: key.rawValue).isEmpty ? importer.register(key, as: origin) : .known(nil)
    }

    private func end(_ key: ObjectKey, _ result: MediaImporter.Result) {
        switch result {
        case .registered(let media):
            say("\(key)\t\(media.id)")
            count(.done)
        case .known: count(.unchanged)
        case .inUse: count(.skipped)
        }
    }

    /// Writes a line at once: the program may be killed.
    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    private func count(_ state: MediaJobItem.State) {
        counts.withLock {
            $0.items[.running, default: 0] -= 1
            $0.items[state, default: 0] += 1
        }
    }

    private func report() -> ExitCode {
        let counts = counts.withLock { $0 }
        let parts: [(MediaJobItem.State, String)] = [
            (.done, "registered"), (.unchanged, "known already"), (.skipped, "skipped"), (.failed, "failed"),
        ]
        let list = parts.map { "\(ProgressLine.number(counts[$0.0])) \($0.1)" }.joined(separator: ", ")
        StandardError.write("\(ProgressLine.number(counts.total)) objects: \(list)\n")
        let failures = failures.withLock { $0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (code, count) in failures { StandardError.write("  \(ProgressLine.number(count)) \(code)\n") }
        if isStopping.withLock({ $0 }) {
            StandardError.write("stopped; the same command goes on from there\n")
            return .interrupted
        }
        return counts[.failed] == 0 ? .success : .failure
    }

    /// Prints the keys of the selected objects that nothing has yet, and their owners.
    /// - Throws: errors of the stores.
    static func list(
        _ options: ImportOptions, _ objects: any ObjectStore, _ chat: any ChatStore
    ) async throws -> ExitCode {
        var count = 0
        try await forEach(options, objects) { key, origin in
            guard try await chat.records(of: key.rawValue).isEmpty else { return true }
            print("\(key)\t\(origin.owner)\t\(origin.dialect?.rawValue ?? "-")")
            count += 1
            return true
        } skipped: {
        }
        fflush(nil)
        StandardError.write("\(ProgressLine.number(count)) objects would be registered\n")
        return .success
    }

    /// Calls `body` for each selected object that a rule covers, until it returns `false`, and `skipped` for the others.
    private static func forEach(
        _ options: ImportOptions, _ objects: any ObjectStore,
        _ body: (ObjectKey, ImportOrigin) async throws -> Bool, skipped: () -> Void
    ) async throws {
        func visit(_ key: ObjectKey) async throws -> Bool {
            guard let origin = options.origin(of: key.rawValue) else {
                skipped()
                return true
            }
            return try await body(key, origin)
        }
        switch options.selection {
        case .keys(let keys):
            for key in keys.lazy.compactMap(ObjectKey.init(validating:)) {
                guard try await visit(key) else { return }
            }
        case .prefix(let prefix):
            var last: ObjectKey?
            repeat {
                let page = try await objects.list(prefix: prefix, after: last, limit: pageSize)
                // Pieces of uploads that are not finished are no files.
                for key in page.keys where !key.rawValue.hasPrefix(PartwiseWrite.keyPrefix) {
                    guard try await visit(key) else { return }
                }
                last = page.next
            } while last != nil
        }
    }
}
