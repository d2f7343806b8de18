public import ChatBridge
import Foundation
public import JSON
import Logging
import Synchronization

extension RoomsService {
    /// Creates a room from `{name, type, participants, activityId?, description?, avatar?}` with the caller as its
    /// admin.
    /// - Throws: ``ChatError`` `invalidRequest` when a field is missing or not valid, `textTooLong` when a text is
    ///   too long; `unavailable` when the store does not answer.
    public func create(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        guard let type = try text(body, "type"), ["private", "group"].contains(type) else {
            throw ChatError(.invalidRequest, RoomsTexts.typeOfRoom)
        }
        let isGroup = type == "group"
        let name = try shortText(body, "name")
        let activity = try shortText(body, "activityId")
        let participants = try participants(body).subtracting([caller.id])
        if isGroup {
            guard name?.isEmpty == false else { throw ChatError(.invalidRequest, RoomsTexts.nameRequired) }
            guard activity?.isEmpty == false else {
                throw ChatError(.invalidRequest, RoomsTexts.activityRequired)
            }
        } else if participants.isEmpty {
            throw ChatError(.invalidRequest, RoomsTexts.noOtherParticipant)
        }
        let date = chat.timestamp
        var room = RoomView(
            id: chat.ids.conversation(at: date), creator: caller.id, name: name, isGroup: isGroup,
            participants: participants, at: date)
        room["activityId"] = activity.map(JSONValue.string)
        room["description"] = try shortText(body, "description").map(JSONValue.string)
        room["avatar"] = try shortText(body, "avatar").map(JSONValue.string)
        room = RoomView(try await chat.create(room.conversation, by: caller))
        return try await response(RoomsTexts.created, room, for: caller)
    }

    /// A page of the caller's rooms, the most recently active first.
    /// - Throws: ``ChatError`` `invalidRequest` for an invalid page or limit; `unavailable` when the store does not
    ///   answer.
    public func rooms(of caller: ChatCaller, page: Int?, limit: Int?) async throws -> JSONValue {
        let (page, limit) = try chat.page(page, limit: limit ?? limits.defaultRooms)
        let (summaries, total) = try await chat.conversations(of: caller, page: page, limit: limit)
        var rooms: [JSONValue] = []
        for summary in summaries {
            let room = RoomView(summary.conversation)
            var json = try await json(room, lastMessage: summary.lastMessage, for: caller).objectValue ?? [:]
            json["unreadCount"] = .integer(summary.unreadCount)
            json["messageCount"] = .integer(try await chat.messageCount(in: summary, for: caller))
            rooms.append(.object(json))
        }
        return RoomsEnvelope.success(
            nil, ["chatRooms": .array(rooms), "pagination": pagination(page, limit: limit, total: total)])
    }

    /// A room that the caller is a member of.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the room;
    ///   `unavailable` when the store does not answer.
    public func details(of id: String, for caller: ChatCaller) async throws -> JSONValue {
        try await response(nil, try await room(id, for: caller), for: caller)
    }

    /// Adds the caller to a group created here, or to a room that they were invited to. A room provisioned by the chat
    /// server can be joined only where the chat server sets `joinable`.
    /// - Throws: ``ChatError`` `conversationNotFound` when there is no such room, `notAllowed` when the caller may
    ///   not join, `limitReached` when the room is full; `unavailable` when the store does not answer.
    public func join(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        let (date, limit) = (chat.timestamp, limits.maximumParticipants)
        let isChanged = Mutex(false)
        let joined = try await chat.join(
            id, outbox: { _ in RoomsEvent.joined(id, by: caller.id) },
            admit: { conversation in
                let former = conversation.members
                var room = RoomView(conversation)
                try room.join(caller.id, at: date, limit: limit)
                conversation = room.conversation
                isChanged.withLock { $0 = conversation.members != former }
            })
        if isChanged.withLock({ $0 }) { await announce(RoomsTexts.hasJoined, of: caller, in: id) }
        return try await response(RoomsTexts.joined, RoomView(joined), for: caller)
    }

    /// Removes the caller from a room.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the room;
    ///   `unavailable` when the store does not answer.
    public func leave(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        let isChanged = Mutex(false)
        try await chat.leave(
            id, by: caller, outbox: { _ in RoomsEvent.left(id, by: caller.id) },
            remove: { conversation in
                let former = conversation.members
                var room = RoomView(conversation)
                room.leave(caller.id)
                conversation = room.conversation
                isChanged.withLock { $0 = conversation.members != former }
            })
        if isChanged.withLock({ $0 }) { await announce(RoomsTexts.hasLeft, of: caller, in: id) }
        return RoomsEnvelope.success(RoomsTexts.left, ["chatRoomId": .string(id)])
    }

    /// Sends a message of type `system` about the caller to a room. A failure is logged: what it is about has been done, and
    /// is not reported to the caller as failed.
    private func announce(_ text: (_ name: String) -> String, of caller: ChatCaller, in room: String) async {
        do {
            let name = try await chat.profile(of: caller)?.displayName ?? caller.id
            let message = chat.newMessage(
                .system, from: caller, in: room, text: try RoomsContent(.string(text(name))).text)
            try await chat.announce(message, by: caller) { RoomsEvent.sent($0.message) }
        } catch {
            logger.warning("notice not sent", ["room": room, "user": caller.id, "error": "\(error)"])
        }
    }

    /// Changes the given settings of a room, `{name?, description?, avatar?, settings?}`; for admins of the room.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the room or is
    ///   not its admin, `invalidRequest` or `textTooLong` when a setting is not valid; `unavailable` when the store
    ///   does not answer.
    public func updateSettings(of id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        _ = try await room(id, for: caller)
        guard body.objectValue != nil else { throw ChatError(.invalidRequest, RoomsTexts.settingsInvalid) }
        let name = try shortText(body, "name")
        guard name?.isEmpty != true else { throw ChatError(.invalidRequest, RoomsTexts.nameRequired) }
        var changes = try settings(body["settings"] ?? .null)
        for field in ["description", "avatar"] { changes[field] = try shortText(body, field).map(JSONValue.string) }
        let changed = try await chat.update(id, by: caller) { [changes] conversation in
            var room = RoomView(conversation)
            guard room.admins.contains(caller.id) else { throw ChatError(.notAllowed, RoomsTexts.adminsOnly) }
            if let limit = changes["maxParticipants"]?.integerValue, limit < conversation.members.count {
                throw ChatError(.invalidRequest, RoomsTexts.settingsInvalid)
            }
            if let name { room.rename(name) }
            for (key, value) in changes { room[key] = value }
            conversation = room.conversation
        }
        return try await response(RoomsTexts.settingsUpdated, RoomView(changed), for: caller)
    }

    /// Statistics of a room: the numbers of messages and reactions, and the active users.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the room;
    ///   `unavailable` when the store does not answer.
    public func statistics(of id: String, for caller: ChatCaller) async throws -> JSONValue {
        let statistics = try await chat.statistics(
            of: id, for: caller, activeSince: chat.now() - limits.activity)
        let byType = statistics.messages.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        return RoomsEnvelope.success(
            nil,
            [
                "stats": [
                    "totalMessages": .integer(statistics.messages.values.reduce(0, +)),
                    "messagesByType": .array(
                        byType.map { ["type": .string($0.key.rawValue), "count": .integer($0.value)] }),
                    "totalReactions": .integer(statistics.reactions),
                    "activeUsers": .array(statistics.activeMembers.sorted().map(JSONValue.string)),
                ]
            ])
    }

    /// The pagination fields `{currentPage, totalPages}`.
    func pagination(_ page: Int, limit: Int, total: Int) -> JSONValue {
        ["currentPage": .integer(page), "totalPages": .integer((total + limit - 1) / limit)]
    }

    private func participants(_ body: JSONValue) throws(ChatError) -> Set<String> {
        guard let given = body["participants"], !given.isNull else { return [] }
        guard let list = given.arrayValue, list.count <= limits.maximumParticipants else {
            throw ChatError(.invalidRequest, RoomsTexts.participantsInvalid)
        }
        var users: Set<String> = []
        for element in list {
            guard let user = element.stringValue, ChatIdentifier.isValid(user) else {
                throw ChatError(.invalidRequest, RoomsTexts.participantsInvalid)
            }
            users.insert(user)
        }
        return users
    }

    private func settings(_ given: JSONValue) throws(ChatError) -> JSONObject {
        guard !given.isNull else { return [:] }
        let problem = ChatError(.invalidRequest, RoomsTexts.settingsInvalid)
        guard given.objectValue != nil else { throw problem }
        var changes: JSONObject = [:]
        for key in ["allowMediaUpload", "allowStickers", "allowReactions"] {
            guard let value = given[key] else { continue }
            guard value.boolValue != nil else { throw problem }
            changes[key] = value
        }
        if let value = given["maxParticipants"] {
            guard let limit = value.integerValue, (1...limits.maximumParticipants).contains(limit) else {
                throw problem
            }
            changes["maxParticipants"] = value
        }
        return changes
    }
}
