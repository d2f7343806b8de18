import ChatBridge
public import JSON
public import MediaModel

/// Sticker sets as the chat server provides them.
extension RoomsService {
    /// Creates a set from `{name, description?, category?, tags?}`, or changes these; its stickers stay.
    /// - Throws: ``ChatError`` `invalidRequest` or `textTooLong` when the ID or a field is not valid, `limitReached` when
    ///   there are as many sets as there may be; `unavailable` when the store does not answer.
    public func defineStickerSet(_ id: String, _ body: JSONValue) async throws -> JSONValue {
        guard ChatIdentifier.isValid(id) else {
            throw ChatError(.invalidRequest, RoomsTexts.invalid("setId"))
        }
        guard let name = try shortText(body, "name"), !name.isEmpty else {
            throw ChatError(.invalidRequest, RoomsTexts.required("name"))
        }
        let given = body["tags"] ?? .null
        guard given.isNull || given.arrayValue?.allSatisfy({ $0.stringValue != nil }) ?? false else {
            throw ChatError(.invalidRequest, RoomsTexts.stickerTags)
        }
        let content = StickerSet.Content(
            name: name, description: try shortText(body, "description"),
            category: try text(body, "category").map { try stickerText("category", $0) },
            tags: try tags((given.arrayValue ?? []).compactMap(\.stringValue)))
        let set = try await chat.defineStickerSet(id, as: content, limit: limits.maximumStickerSets)
        return try await response(RoomsTexts.stickerSetSaved, set)
    }

    /// Deletes a set. Messages keep the stickers that they show.
    /// - Throws: ``ChatError`` `notFound`; `unavailable` when the store does not answer.
    public func deleteStickerSet(_ id: String) async throws -> JSONValue {
        try await chat.removeSticker(nil, from: id)
        return RoomsEnvelope.success(RoomsTexts.stickerSetDeleted, ["setId": .string(id)])
    }

    /// Removes a sticker from a set. Messages that show it keep it.
    /// - Throws: ``ChatError`` `notFound`; `unavailable` when the store does not answer.
    public func deleteSticker(_ sticker: String, of set: String) async throws -> JSONValue {
        try await chat.removeSticker(sticker, from: set)
        return RoomsEnvelope.success(
            RoomsTexts.stickerDeleted, ["setId": .string(set), "stickerId": .string(sticker)])
    }

    /// Validates a field of the form that brings a sticker as soon as it arrives.
    /// - Throws: ``ChatError`` `invalidRequest` or `textTooLong`.
    public func checkStickerField(_ name: String, _ text: String) throws {
        switch name {
        case "stickerId":
            guard ChatIdentifier.isValid(text) else {
                throw ChatError(.invalidRequest, RoomsTexts.invalid(name))
            }
        case "stickerType" where !RoomsSticker.types.contains(text):
            throw ChatError(.invalidRequest, RoomsTexts.stickerType)
        case "name": _ = try stickerText(name, text)
        case "tags": _ = try tags(Self.tags(text))
        default: break
        }
    }

    /// Adds a sticker to a set, or replaces the one of its ID, from the fields `stickerId`, `stickerType?`, `name?` and `tags?`
    /// (separated by commas) of a form.
    /// - Throws: ``ChatError`` `notFound` when there is no such set, `limitReached` when it is full, `invalidRequest` or
    ///   `textTooLong` when a field is not valid; `unavailable` when the store does not answer.
    public func addSticker(_ file: MediaRecord, to id: String, fields: [String: String]) async throws -> JSONValue {
        for (name, text) in fields { try checkStickerField(name, text) }
        let sticker = Sticker(
            id: fields["stickerId"] ?? "", type: fields["stickerType"] ?? "static", name: fields["name"] ?? "",
            tags: Self.tags(fields["tags"] ?? ""), file: file)
        let (added, set) = try await chat.addSticker(sticker, to: id, limit: limits.maximumStickers)
        return RoomsEnvelope.success(
            RoomsTexts.stickerSaved, ["sticker": try await json(added, of: set)])
    }

    /// Checks that there is a set, so that a file is rejected before it is read.
    /// - Throws: ``ChatError`` `notFound`; `unavailable` when the store does not answer.
    public func checkStickerSet(_ id: String) async throws { _ = try await chat.stickerSet(id) }

    private static func tags(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
    }

    private func tags(_ tags: [String]) throws(ChatError) -> [String] {
        guard tags.count <= limits.maximumTags, !tags.contains("") else {
            throw ChatError(.invalidRequest, RoomsTexts.stickerTags)
        }
        for tag in tags { _ = try stickerText("tags", tag) }
        return tags
    }

    private func stickerText(_ field: String, _ text: String) throws(ChatError) -> String {
        guard text.utf8.count <= limits.maximumStickerTextBytes else {
            throw ChatError(.textTooLong, RoomsTexts.tooLong(field, bytes: limits.maximumStickerTextBytes))
        }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw ChatError(.invalidRequest, RoomsTexts.invalid(field))
        }
        return text
    }
}
