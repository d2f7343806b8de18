public import ChatBridge
public import JSON
public import MediaModel

extension RoomsService {
    /// Checks that the caller may send files to a room, so that an upload is rejected before its body is read.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access or the room
    ///   allows no media; `unavailable` when the store does not answer.
    public func checkUpload(to room: String, by caller: ChatCaller) async throws {
        guard try await self.room(room, for: caller).allowsMedia else {
            throw ChatError(.notAllowed, RoomsTexts.mediaNotAllowed)
        }
    }

    /// Validates a field of an upload's form as soon as it arrives.
    /// - Throws: ``ChatError`` `invalidRequest` for an unknown media type, `textTooLong` when the content is too long.
    public func checkField(_ name: String, _ text: String) throws {
        switch name {
        case "type" where !RoomsMessage.mediaTypes.contains(text):
            throw ChatError(.invalidRequest, RoomsTexts.typeOfMedia)
        case "content": try chat.checkLength(text)
        default: break
        }
    }

    /// Sends `{type: text, content, replyTo?}` to a room.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the room,
    ///   `invalidRequest`, `emptyMessage` or `textTooLong` when the body is not valid, `messageNotFound` when the
    ///   replied message is not in the room; `unavailable` when the store does not answer.
    public func send(_ body: JSONValue, to room: String, from caller: ChatCaller) async throws -> JSONValue {
        _ = try await self.room(room, for: caller)
        guard body.objectValue != nil, try text(body, "type") ?? "text" == "text" else {
            throw ChatError(.invalidRequest, RoomsTexts.textOnly)
        }
        let content = try RoomsContent(body["content"] ?? .null).text
        try chat.checkNotEmpty(content)
        let message = chat.newMessage(.text, from: caller, in: room, text: content, replyTo: try replied(body))
        return try await send(message, by: caller, RoomsTexts.sent)
    }

    /// Sends a file to a room.
    /// - Parameter type: `image`, `video`, `audio` or `file`; the file has been validated against it.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access or the room
    ///   allows no media, `invalidRequest` or `textTooLong` when a field is not valid, `messageNotFound` when the
    ///   replied message is not in the room; `unavailable` when the store does not answer.
    public func sendMedia(
        _ media: MediaRecord, as type: String, to room: String, from caller: ChatCaller, content: String = "",
        replyTo: String? = nil, id: String? = nil
    ) async throws -> JSONValue {
        try checkField("type", type)
        try await checkUpload(to: room, by: caller)
        let message = chat.newMessage(
            MessageType(rawValue: type), id: id, from: caller, in: room, text: try RoomsContent(.string(content)).text,
            attachments: [media],
            replyTo: replyTo.flatMap { $0.isEmpty ? nil : $0 })
        return try await send(message, by: caller, RoomsTexts.mediaSent)
    }

    /// Forwards a message to the rooms of `{chatRoomIds}`: to all of them or to none. The caller must be a participant
    /// of each. The file of the message is shared, not copied.
    /// - Throws: ``ChatError`` `messageNotFound` when there is no such message for the caller, `invalidRequest` when
    ///   the list is empty, too long or has duplicates, `conversationNotFound` or `notAllowed` when the caller may
    ///   not send to a room; `unavailable` when the store does not answer.
    public func forward(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let original = try await chat.presentMessage(id, for: caller)
        let rooms = (body["chatRoomIds"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard !rooms.isEmpty, rooms.count == body["chatRoomIds"]?.arrayValue?.count,
            rooms.count <= limits.maximumForwards
        else { throw ChatError(.invalidRequest, RoomsTexts.roomsRequired) }
        guard Set(rooms).count == rooms.count else {
            throw ChatError(.invalidRequest, RoomsTexts.roomNamedTwice)
        }
        guard original.type != .system else { throw ChatError(.notAllowed, RoomsTexts.systemMessage) }
        for room in rooms {
            if original.type == .sticker {
                try await checkStickers(in: room, by: caller)
            } else if !original.attachments.isEmpty {
                try await checkUpload(to: room, by: caller)
            }
        }
        let origin = ForwardOrigin(sender: original.sender, messageID: original.id, text: original.text)
        let copies = rooms.map { room in
            var copy = chat.newMessage(
                original.type, from: caller, in: room, text: original.text, attachments: original.attachments)
            copy.forwardedFrom = origin
            copy.sticker = original.sticker
            return copy
        }
        let saved = try await chat.send(copies, by: caller) { RoomsEvent.sent($0.message) }
        let rendered = try await render(saved.map(\.message), for: caller.id)
        return RoomsEnvelope.success(RoomsTexts.forwarded, ["data": .array(rendered)])
    }

    func send(_ message: ChatMessage, by caller: ChatCaller, _ text: String) async throws -> JSONValue {
        let saved = try await chat.send(message, by: caller) { RoomsEvent.sent($0.message) }
        return try await response(text, saved.message, for: caller)
    }

    func replied(_ body: JSONValue) throws(ChatError) -> String? {
        guard let id = try text(body, "replyTo"), !id.isEmpty else { return nil }
        return id
    }
}
