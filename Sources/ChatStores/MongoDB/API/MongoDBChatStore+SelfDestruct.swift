public import ChatBridge
public import Foundation

extension MongoDBChatStore {
    /// See ``SelfDestructStore``.
    public func dueMessages(in dialects: Set<Dialect>, at date: Date, limit: Int) async throws -> [ChatMessage] {
        var found: [ChatMessage] = []
        for dialect in dialects {
            found += try await read(in: dialect) { try $0.dueMessages(in: dialect, at: date, limit: limit) }
        }
        let sorted = found.sorted {
            ($0.selfDestruct?.dueAt ?? date, $0.id) < ($1.selfDestruct?.dueAt ?? date, $1.id)
        }
        return Array(sorted.prefix(max(limit, 0)))
    }

    /// See ``SelfDestructStore``.
    public func nextDueMessage(in dialects: Set<Dialect>) async throws -> Date? {
        var dates: [Date] = []
        for dialect in dialects {
            if let date = try await read(in: dialect, { try $0.nextDueMessage(in: dialect) }) { dates.append(date) }
        }
        return dates.min()
    }
}
