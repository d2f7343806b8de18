public import ChatBridge
import Foundation
public import JSON

extension SignalRService {
    /// A page of the caller's conversations, the most recently active first.
    /// - Throws: ``ChatError`` `invalidRequest` for an invalid page or limit; `unavailable` when the store does not
    ///   answer.
    public func conversations(of caller: ChatCaller, page: Int?, limit: Int?) async throws -> JSONValue {
        let (page, limit) = try chat.page(page, limit: limit ?? limits.defaultConversations)
        let (summaries, total) = try await chat.conversations(of: caller, page: page, limit: limit)
        var conversations: [JSONValue] = []
        let presence = await presence.statuses(
            of: summaries.reduce(into: []) { $0.formUnion($1.conversation.members) })
        for summary in summaries {
            let shown = try await shown(summary.conversation, to: caller)
            conversations.append(
                .object(
                    shown.json(
                        lastMessage: summary.lastMessage, unread: summary.unreadCount,
                        membership: SignalRMembership(summary.membership, at: chat.timestamp), presence)))
        }
        let pages = (total + limit - 1) / limit
        return [
            "conversations": .array(conversations),
            "pagination": Self.pagination(
                page: page, limit: limit, total: total,
                [
                    "totalPages": .integer(pages), "hasNextPage": .bool(page < pages),
                    "hasPreviousPage": .bool(page > 1),
                ]),
        ]
    }

    /// A conversation that the caller is a member of.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to it;
    ///   `unavailable` when the store does not answer.
    public func conversation(_ id: String, for caller: ChatCaller) async throws -> JSONValue {
        let summary = try await chat.summary(of: id, for: caller)
        let membership = SignalRMembership(summary.membership, at: chat.timestamp)
        var json = try await shown(summary.conversation, to: caller).json(
            lastMessage: summary.lastMessage, unread: summary.unreadCount,
            membership: membership, await presence.statuses(of: summary.conversation.members))
        json["settings"] = membership.json
        return .object(json)
    }

    /// The direct conversation of the caller and another user, created if there is none.
    /// - Throws: ``ChatError`` `invalidRequest` when `participantId` is missing, not valid or the caller;
    ///   `unavailable` when the store does not answer.
    public func makeDirect(_ body: JSONValue, by caller: ChatCaller) async throws -> (JSONValue, isNew: Bool) {
        guard let other = try body.text("participantId"), ChatIdentifier.isValid(other) else {
            throw ChatError(.invalidRequest, "`participantId` is required: a user ID")
        }
        guard other != caller.id else {
            throw ChatError(.invalidRequest, "A conversation with yourself cannot be made")
        }
        let (conversation, isNew) = try await chat.openDirectConversation(with: other, by: caller)
        return (.object(try await shown(conversation, to: caller).json()), isNew)
    }

    /// Archives a conversation for the caller alone, or restores it.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the
    ///   conversation; `unavailable` when the store does not answer.
    public func archive(_ id: String, _ isArchived: Bool, by caller: ChatCaller) async throws -> JSONValue {
        try await chat.updateMembership(of: caller, in: id) {
            $0.isArchived = isArchived
        }
        return ["conversationId": .string(id), "isArchived": .bool(isArchived)]
    }

    /// Mutes a conversation for the caller alone, permanently or until a date, or unmutes it: `{muted, muteUntil?}`. With a date
    /// that has passed it is not muted.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the
    ///   conversation, `invalidRequest` when the body is not valid; `unavailable` when the store does not answer.
    public func mute(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        _ = try await chat.conversation(id, for: caller)
        guard let wantsMute = body["muted"]?.boolValue else {
            throw ChatError(.invalidRequest, "`muted` is required: true or false")
        }
        let until = try body.text("muteUntil").map { text throws(ChatError) in
            guard let date = Timestamp.date(text) else {
                throw ChatError(.invalidRequest, "`muteUntil` must be a date in ISO 8601")
            }
            return date
        }
        let isLater = until.map { chat.timestamp < $0 } ?? true
        let isMuted = wantsMute && isLater
        try await chat.updateMembership(of: caller, in: id) {
            $0.mute = isMuted ? .on(until: until) : .off
        }
        var json: JSONObject = ["conversationId": .string(id), "isMuted": .bool(isMuted)]
        if isMuted { json["muteUntil"] = until.map(SignalRMessage.time) ?? .null }
        return .object(json)
    }
}
