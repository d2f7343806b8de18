public import ChatBridge
import Foundation
public import JSON

extension RoomsService {
    /// A page of a room's messages, from the oldest to the newest; page 1 has the newest messages.
    /// - Parameter before: only messages sent before this time, in ISO 8601.
    /// - Throws: ``ChatError`` `invalidRequest` for an invalid page, limit or date, `conversationNotFound` or
    ///   `notAllowed` when the caller has no access to the room; `unavailable` when the store does not answer.
    public func messages(
        of room: String, for caller: ChatCaller, page: Int?, limit: Int?, before: String?
    ) async throws -> JSONValue {
        let (page, limit) = try chat.page(page, limit: limit)
        var wanted = MessagePage(page: page, limit: limit)
        if let before, !before.isEmpty {
            guard let date = Timestamp.date(before) else {
                throw ChatError(.invalidRequest, RoomsTexts.before)
            }
            wanted.before = .date(date)
        }
        let list = try await chat.messages(of: room, for: caller, page: wanted)
        return RoomsEnvelope.success(
            nil,
            [
                "messages": .array(try await render(list.messages, for: caller.id)),
                "pagination": pagination(page, limit: limit, total: list.total),
            ])
    }

    /// Marks a room as read by the caller. The room is notified once.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the room;
    ///   `unavailable` when the store does not answer.
    public func markRead(_ room: String, by caller: ChatCaller) async throws -> JSONValue {
        let marked = try await chat.markRead(room, by: caller) { _ in RoomsEvent.read(room, by: caller.id) }
        return RoomsEnvelope.success(
            RoomsTexts.read, ["chatRoomId": .string(room), "markedCount": .integer(marked.count)])
    }
}
