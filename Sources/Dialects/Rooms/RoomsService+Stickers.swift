public import ChatBridge
public import JSON
import MediaModel

/// Stickers as users see and send them.
extension RoomsService {
    /// A page of the sticker sets of `category`, if one is given, in which all words of `search` are found, the newest first.
    /// - Throws: ``ChatError`` `invalidRequest` for an invalid page or limit; `unavailable` when the store does not
    ///   answer.
    public func stickerSets(page: Int?, limit: Int?, category: String?, search: String?) async throws -> JSONValue {
        let (page, limit) = try chat.page(page, limit: min(limit ?? .max, limits.maximumSetsOnPage))
        let filter = StickerSetFilter(
            category: category.flatMap { $0.isEmpty ? nil : $0 }, words: StickerWords(search ?? ""))
        let (sets, total) = try await chat.stickerSets(filter, page: page, limit: limit)
        var rendered: [JSONValue] = []
        for set in sets { rendered.append(.object(try await json(set))) }
        return RoomsEnvelope.success(
            nil, ["stickerSets": .array(rendered), "pagination": pagination(page, limit: limit, total: total)])
    }

    /// A sticker set with its stickers.
    /// - Throws: ``ChatError`` `notFound`; `unavailable` when the store does not answer.
    public func stickerSet(_ id: String) async throws -> JSONValue {
        try await response(nil, try await chat.stickerSet(id))
    }

    /// The stickers of a set.
    /// - Throws: ``ChatError`` `notFound`; `unavailable` when the store does not answer.
    public func stickers(of id: String) async throws -> JSONValue {
        RoomsEnvelope.success(nil, ["stickers": .array(try await stickers(of: try await chat.stickerSet(id)))])
    }

    /// Adds a set to the caller's own.
    /// - Throws: ``ChatError`` `notFound`; `unavailable` when the store does not answer.
    public func downloadStickerSet(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await response(
            RoomsTexts.stickerSetDownloaded, try await chat.collectStickerSet(id, for: caller))
    }

    /// A page of the sets that the caller has downloaded.
    /// - Throws: ``ChatError`` `invalidRequest` for an invalid page or limit; `unavailable` when the store does not
    ///   answer.
    public func stickerCollections(of caller: ChatCaller, page: Int?, limit: Int?) async throws -> JSONValue {
        let (page, limit) = try chat.page(page, limit: min(limit ?? .max, limits.maximumSetsOnPage))
        let (sets, total) = try await chat.collectedStickerSets(of: caller, page: page, limit: limit)
        var rendered: [JSONValue] = []
        for (set, date) in sets {
            var json = try await json(set)
            json["stickers"] = .array(try await stickers(of: set))
            json["downloadedAt"] = .string(Timestamp.milliseconds(date))
            rendered.append(.object(json))
        }
        return RoomsEnvelope.success(
            nil, ["collections": .array(rendered), "pagination": pagination(page, limit: limit, total: total)])
    }

    /// The stickers in which all words of `query` are found.
    /// - Throws: ``ChatError`` `invalidRequest` without a query, or for an invalid limit; `unavailable` when the store
    ///   does not answer.
    public func searchStickers(_ query: String?, limit: Int?) async throws -> JSONValue {
        let (_, limit) = try chat.page(nil, limit: limit ?? limits.defaultRooms)
        guard let query, !query.isEmpty else { throw ChatError(.invalidRequest, RoomsTexts.required("q")) }
        var rendered: [JSONValue] = []
        for (set, sticker) in try await chat.searchStickers(
            StickerWords(query), limit: limit, maximumSets: limits.maximumSearchedSets)
        {
            rendered.append(try await json(sticker, of: set))
        }
        return RoomsEnvelope.success(nil, ["stickers": .array(rendered)])
    }

    /// Sends the sticker of `{setId, stickerId, stickerType?, metadata?, replyTo?}` to a room. Its type is that of the set.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access or the room allows
    ///   no stickers, `notFound` when there is no such sticker, `invalidRequest` when a field is not valid,
    ///   `messageNotFound` when the replied message is not in the room; `unavailable` when the store does not answer.
    public func sendSticker(_ body: JSONValue, to room: String, from caller: ChatCaller) async throws -> JSONValue {
        try await checkStickers(in: room, by: caller)
        let (set, id) = (try requiredText(body, "setId"), try requiredText(body, "stickerId"))
        guard try text(body, "stickerType").map(RoomsSticker.types.contains) ?? true else {
            throw ChatError(.invalidRequest, RoomsTexts.stickerType)
        }
        let metadata = try metadata(body)
        let sticker = try await chat.sticker(id, in: set)
        var message = chat.newMessage(
            .sticker, from: caller, in: room, attachments: [sticker.file], replyTo: try replied(body))
        message.sticker = RoomsSticker(set: set, sticker: sticker.id, type: sticker.type, metadata: metadata)
        return try await send(message, by: caller, RoomsTexts.stickerSent)
    }

    /// Checks that the caller may send stickers to a room.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    func checkStickers(in room: String, by caller: ChatCaller) async throws {
        guard try await self.room(room, for: caller).allowsStickers else {
            throw ChatError(.notAllowed, RoomsTexts.stickersNotAllowed)
        }
    }

    private func metadata(_ body: JSONValue) throws(ChatError) -> JSONValue {
        guard let metadata = body["metadata"], !metadata.isNull else { return .object([:]) }
        guard metadata.objectValue != nil, metadata.encodedText().utf8.count <= limits.maximumMetadataBytes,
            Self.isStorable(metadata)
        else {
            throw ChatError(.invalidRequest, RoomsTexts.stickerMetadata)
        }
        return metadata
    }

    /// Whether a document can represent a value: no name has U+0000, and it is nested at most 32 deep.
    private static func isStorable(_ value: JSONValue, depth: Int = 1) -> Bool {
        guard depth <= 32 else { return false }
        switch value {
        case .object(let members):
            return members.allSatisfy { name, value in
                !name.utf8.contains(0) && isStorable(value, depth: depth + 1)
            }
        case .array(let elements): return elements.allSatisfy { isStorable($0, depth: depth + 1) }
        default: return true
        }
    }
}

/// Sticker sets and stickers as JSON.
extension RoomsService {
    /// `{success, message?, stickerSet}` with the stickers of the set.
    func response(_ text: String?, _ set: StickerSet) async throws -> JSONValue {
        var json = try await json(set)
        json["stickers"] = .array(try await stickers(of: set))
        return RoomsEnvelope.success(text, ["stickerSet": .object(json)])
    }

    private func json(_ set: StickerSet) async throws -> JSONObject {
        var thumbnail = JSONValue.null
        if let first = set.content.stickers.first { thumbnail = .string(try await chat.urls(first.file.key)) }
        return [
            "_id": .string(set.id), "name": .string(set.content.name),
            "description": JSONValue(set.content.description), "category": JSONValue(set.content.category),
            "tags": .array(set.content.tags.map(JSONValue.string)), "thumbnail": thumbnail,
            "stickerCount": .integer(set.content.stickers.count),
            "createdAt": .string(Timestamp.milliseconds(set.createdAt)),
            "updatedAt": .string(Timestamp.milliseconds(set.updatedAt)),
        ]
    }

    private func stickers(of set: StickerSet) async throws -> [JSONValue] {
        var rendered: [JSONValue] = []
        for sticker in set.content.stickers { rendered.append(try await json(sticker, of: set)) }
        return rendered
    }

    /// `{setId, stickerId, type, name, tags, mimeType, size, dimensions, url}`
    func json(_ sticker: Sticker, of set: StickerSet) async throws -> JSONValue {
        [
            "setId": .string(set.id), "stickerId": .string(sticker.id), "type": .string(sticker.type),
            "name": .string(sticker.name), "tags": .array(sticker.tags.map(JSONValue.string)),
            "mimeType": .string(sticker.file.mimeType), "size": .integer(sticker.file.fileSize),
            "dimensions": sticker.file.dimensions.map {
                ["width": .integer($0.width), "height": .integer($0.height)]
            } ?? .null, "url": .string(try await chat.urls(sticker.file.key)),
        ]
    }
}
