public import ChatBridge
import Foundation
public import JSON
public import MediaModel

extension SignalRService {
    /// Stores an uploaded file as the caller's, to be sent with messages later.
    /// - Throws: ``ChatError`` `unavailable` when the store fails.
    public func keep(_ record: MediaRecord, of caller: ChatCaller) async throws -> JSONValue {
        let date = chat.timestamp
        let media = try await chat.add(
            MediaItem(
                id: chat.ids.media(at: date), dialect: .signalr, owner: caller.id, record: record, createdAt: date,
                needsMessage: true))
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
