public import ChatBridge
import Foundation
public import JSON
public import MediaModel

extension SignalRService {
    /// Stores an uploaded file as the caller's, to be sent with messages later.
    /// - Parameter id: its ID, where that is known before.
    /// - Throws: ``ChatError`` `unavailable` when the store fails.
    public func keep(_ record: MediaRecord, of caller: ChatCaller, id: String? = nil) async throws -> JSONValue {
        let date = chat.timestamp
        let media = MediaItem(
            id: id ?? chat.ids.media(at: date), dialect: .signalr, owner: caller.id, record: record, createdAt: date,
            needsMessage: true)
        return try await json(try await chat.add(media))
    }

    /// An uploaded file of the caller.
    /// - Throws: ``ChatError`` `mediaNotFound`; `unavailable` when the store fails.
    func uploaded(_ id: String, of caller: ChatCaller) async throws -> JSONValue {
        try await json(try await chat.ownedMedia(id, of: caller))
    }

    private func json(_ media: MediaItem) async throws -> JSONValue {
        let record = media.record
        var urls: [String: String] = [:]
        for key in record.objects { urls[key] = try await chat.urls(key) }
        var json = SignalRMessage.previews(record) { urls[$0] ?? "" }
        json["fileId"] = .string(media.id)
        json["type"] = .string(SignalRMessage.type(record))
        json["url"] = .string(urls[record.key] ?? "")
        json["fileName"] = .string(
            record.originalName ?? record.key.split(separator: "/").last.map(String.init) ?? media.id)
        json["fileSize"] = .integer(record.fileSize)
        json["mimeType"] = .string(record.mimeType)
        json["uploadedAt"] = SignalRMessage.time(media.createdAt)
        return .object(json)
    }
}
