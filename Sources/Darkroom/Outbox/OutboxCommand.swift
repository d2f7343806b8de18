import ChatBridge
import Configuration
import Foundation
import JSON
import MediaAPI

/// `darkroom outbox`: lists events that wait to be delivered or were given up, and has the latter delivered after all.
enum OutboxCommand: Command {
    static let name = "outbox"
    static let summary = "list events that were not delivered, or deliver them again"
    static let usage = """
        list [--json] [--data DIR]
               darkroom outbox replay (--all | ID…) [--data DIR]
        """
    static let options: [Arguments.Option] = [
        .init("--json", nil, "print a JSON object for each dead letter, a line each"),
        .init("--all", nil, "replay all dead letters"),
        .init("--data", "DIR", "the service's data folder (default ./data)"),
    ]
    static let notes = """
        An event that could not be delivered for DARKROOM_OUTBOX_MAXIMUM_AGE seconds, in ten attempts at least, is given up: it
        becomes a dead letter. A user who is not connected is no failure, and finds the message when they connect.

        Reads the service's settings from the environment (see darkroom serve --help). The service may run at the same time; it
        delivers what was replayed within seconds.

        examples:
          darkroom outbox list
          darkroom outbox replay 1812 1813
          darkroom outbox replay --all
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard let action = arguments.operands.first, ["list", "replay"].contains(action) else {
            throw UsageError("say what to do: list or replay")
        }
        let isReplay = action == "replay"
        let numbers = try numbers(arguments.operands.dropFirst(), isReplay: isReplay, isAll: arguments.has("--all"))
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let store = try await ServiceFactory.existingChat(try Settings(reader))
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await isReplay ? replay(numbers, store) : list(store, isJSON: arguments.has("--json")))
        } catch { result = .failure(error) }
        await store.close()
        try result.get()
        return .success
    }

    private static func numbers(_ operands: ArraySlice<String>, isReplay: Bool, isAll: Bool) throws -> [Int]? {
        guard isReplay else {
            guard operands.isEmpty, !isAll else { throw UsageError("list takes no IDs") }
            return nil
        }
        guard operands.isEmpty == isAll else { throw UsageError("say which dead letters: their IDs, or --all") }
        guard !isAll else { return nil }
        return try operands.map { operand in
            guard let number = Int(operand) else { throw UsageError("'\(operand)' is no ID of a dead letter") }
            return number
        }
    }

    private static func replay(_ numbers: [Int]?, _ store: any DeadLetterStore) async throws {
        let count = try await store.replayDeadLetters(numbers)
        print("\(count) replayed")
        fflush(nil)
    }

    private static func list(_ store: any ChatStore, isJSON: Bool) async throws {
        if !isJSON {
            let backlog = try await store.outboxBacklog().sorted { $0.key.rawValue < $1.key.rawValue }
            for (dialect, waiting) in backlog {
                print(
                    "\(dialect.rawValue): \(waiting.count) wait, the oldest since \(Timestamp.seconds(waiting.oldest))")
            }
            if backlog.isEmpty { print("no event waits") }
        }
        var (last, count) = (0, 0)
        while case let page = try await store.deadLetters(after: last, limit: 500), let end = page.last {
            for letter in page { print(isJSON ? letter.json.encodedText() : line(letter)) }
            last = end.number
            count += page.count
        }
        if !isJSON, count == 0 { print("no dead letters") }
        fflush(nil)
    }

    private static func line(_ letter: DeadLetter) -> String {
        let parts = [
            "\(letter.number)", letter.dialect.rawValue, letter.draft.event,
            "\(letter.draft.audience.rawValue) \(letter.draft.recipient)",
            "written \(Timestamp.seconds(letter.createdAt)), given up \(Timestamp.seconds(letter.failedAt))",
            letter.reason,
        ]
        return parts.joined(separator: "\t")
    }
}
