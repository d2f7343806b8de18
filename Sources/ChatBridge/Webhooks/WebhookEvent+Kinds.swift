package import Foundation
import JSON
package import MediaModel

extension WebhookEvent {
    /// The events of a message that was saved: those of its new files first.
    package static func saved(_ message: ChatMessage) -> [WebhookEvent] {
        var events: [WebhookEvent] = []
        // A file with an ID was uploaded before the message, and a forwarded message shows the files of another one.
        let files = message.forwardedFrom == nil ? message.attachments.filter { $0.id == nil } : []
        for file in files { events += stored(file, of: message) }
        return events + [WebhookEvent(messageCreated: message)]
    }

    private init(messageCreated message: ChatMessage) {
        self.init(
            kind: .messageCreated, dialect: message.dialect, subject: Self.subject(message),
            payload: .object(Self.reference(message)))
    }

    /// The event of a message that was deleted for everyone.
    package static func deleted(_ message: ChatMessage, at date: Date) -> WebhookEvent {
        var payload = reference(message)
        payload["deletedAt"] = .string(Timestamp.milliseconds(date))
        return WebhookEvent(
            kind: .messageDeleted, dialect: message.dialect, subject: subject(message), payload: .object(payload))
    }

    /// The events of a medium that was saved.
    package static func stored(_ media: MediaItem) -> [WebhookEvent] {
        let payload: JSONObject = [
            "media": .string(media.id), "owner": .string(media.owner), "conversation": JSONValue(media.conversation),
            "createdAt": .string(Timestamp.milliseconds(media.createdAt)),
        ]
        return stored(media.record, payload, dialect: media.dialect, subject: "media:\(media.record.key)")
    }

    /// The event of a medium that was deleted.
    package static func deleted(_ media: MediaItem, at date: Date) -> WebhookEvent {
        let payload: JSONObject = [
            "media": .string(media.id), "owner": .string(media.owner), "conversation": JSONValue(media.conversation),
        ]
        return deleted(
            media.record, payload, dialect: media.dialect, subject: "media:\(media.record.key)", at: date)
    }

    /// The event of a file that was removed from a message.
    package static func removed(_ file: MediaRecord, from message: ChatMessage, at date: Date) -> WebhookEvent {
        var payload = owned(by: message)
        payload["media"] = JSONValue(file.id)
        return deleted(file, payload, dialect: message.dialect, subject: subject(message), at: date)
    }

    private static func deleted(
        _ file: MediaRecord, _ payload: JSONObject, dialect: Dialect?, subject: String, at date: Date
    ) -> WebhookEvent {
        var payload = payload
        payload["key"] = .string(file.key)
        payload["kind"] = .string(file.kind.rawValue)
        payload["deletedAt"] = .string(Timestamp.milliseconds(date))
        return WebhookEvent(kind: .mediaDeleted, dialect: dialect, subject: subject, payload: .object(payload))
    }

    /// The event of derivatives that were made of the file of a medium.
    package static func derived(_ media: MediaItem, instead former: MediaRecord) -> WebhookEvent? {
        let payload: JSONObject = [
            "media": .string(media.id), "owner": .string(media.owner), "conversation": JSONValue(media.conversation),
            "createdAt": .string(Timestamp.milliseconds(media.createdAt)),
        ]
        return derived(
            media.record, instead: former, payload, dialect: media.dialect, subject: "media:\(media.record.key)")
    }

    /// The events of derivatives that were made of the files of a message.
    package static func derived(_ message: ChatMessage, instead former: [MediaRecord]) -> [WebhookEvent] {
        message.attachments.compactMap { file in
            guard let old = former.first(where: { $0.key == file.key }) else { return nil }
            return derived(
                file, instead: old, owned(by: message), dialect: message.dialect, subject: subject(message))
        }
    }

    /// The event of a job that has ended.
    package static func finished(_ job: MediaJob) -> WebhookEvent {
        WebhookEvent(kind: .jobFinished, dialect: nil, subject: "job:\(job.id)", payload: ["job": .string(job.id)])
    }

    /// The event that asks for notifications of a message.
    package static func pushRequested(_ draft: OutboxDraft, in dialect: Dialect) -> WebhookEvent {
        WebhookEvent(
            kind: .pushRequested, dialect: dialect, subject: subject(draft.recipient, in: dialect),
            payload: [
                "message": JSONValue(draft.message), "recipient": .string(draft.recipient), "push": draft.payload,
            ])
    }

    private static func stored(_ file: MediaRecord, of message: ChatMessage) -> [WebhookEvent] {
        stored(file, owned(by: message), dialect: message.dialect, subject: subject(message))
    }

    private static func stored(
        _ file: MediaRecord, _ payload: JSONObject, dialect: Dialect?, subject: String
    ) -> [WebhookEvent] {
        var payload = payload
        payload["record"] = encoded(file)
        let validated = WebhookEvent(
            kind: .mediaValidated, dialect: dialect, subject: subject, payload: .object(payload))
        let derivatives = (file.thumbnailKey == nil ? [] : ["thumbnail"]) + (file.waveform == nil ? [] : ["waveform"])
        guard !derivatives.isEmpty else { return [validated] }
        return [validated, ready(derivatives, payload, dialect, subject)]
    }

    private static func derived(
        _ file: MediaRecord, instead former: MediaRecord, _ payload: JSONObject, dialect: Dialect?, subject: String
    ) -> WebhookEvent? {
        var derivatives: [String] = []
        if file.thumbnailKey != nil, file.thumbnailKey != former.thumbnailKey { derivatives.append("thumbnail") }
        if file.waveform != nil, file.waveform != former.waveform { derivatives.append("waveform") }
        for rendition in file.renditions ?? [] where rendition.key != nil {
            if rendition.key != former.rendition(rendition.profile)?.key {
                derivatives.append(rendition.profile.rawValue)
            }
        }
        guard !derivatives.isEmpty else { return nil }
        var payload = payload
        payload["record"] = encoded(file)
        return ready(derivatives, payload, dialect, subject)
    }

    private static func ready(
        _ derivatives: [String], _ payload: JSONObject, _ dialect: Dialect?, _ subject: String
    ) -> WebhookEvent {
        var payload = payload
        payload["derivatives"] = .array(derivatives.map(JSONValue.string))
        return WebhookEvent(kind: .derivativeReady, dialect: dialect, subject: subject, payload: .object(payload))
    }

    private static func owned(by message: ChatMessage) -> JSONObject {
        [
            "message": .string(message.id), "owner": .string(message.sender),
            "conversation": .string(message.conversation),
            "createdAt": .string(Timestamp.milliseconds(message.createdAt)),
        ]
    }

    private static func reference(_ message: ChatMessage) -> JSONObject {
        [
            "message": .string(message.id), "conversation": .string(message.conversation),
            "sender": .string(message.sender),
        ]
    }

    private static func subject(_ message: ChatMessage) -> String { subject(message.id, in: message.dialect) }

    private static func subject(_ message: String, in dialect: Dialect) -> String {
        "message:\(dialect.rawValue):\(message)"
    }

    /// A record as it is stored, to be read again when its event is delivered; `null` where it cannot be encoded, which does not
    /// happen: its numbers were measured.
    private static func encoded(_ record: MediaRecord) -> JSONValue {
        (try? JSONEncoder().encode(record)).flatMap { try? JSONValue(parsing: $0) } ?? .null
    }
}
