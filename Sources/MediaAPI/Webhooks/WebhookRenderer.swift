import ChatBridge
import Foundation
import JSON
import MediaModel

/// Makes the bodies of webhooks: `{type, timestamp, data}`. What events refer to is read, and URLs are signed, at each attempt.
struct WebhookRenderer: Sendable {
    let store: any ChatStore
    /// Makes the events for devices of each dialect that has some.
    let pushEvents: [Dialect: PushDeliverer.Event]
    /// A medium in the form of the native API.
    let mediaJSON: @Sendable (MediaItem) async throws -> JSONValue

    /// The body of a request; `nil` when there is nothing to tell any more.
    /// - Throws: errors of the stores.
    func body(_ delivery: WebhookDelivery) async throws -> [UInt8]? {
        guard let data = try await data(delivery) else { return nil }
        let body: JSONValue = [
            "type": .string(delivery.event.kind.rawValue),
            "timestamp": .string(Timestamp.milliseconds(delivery.createdAt)), "data": .object(data),
        ]
        return Array(body.encodedText().utf8)
    }

    private func data(_ delivery: WebhookDelivery) async throws -> JSONObject? {
        let (event, payload) = (delivery.event, delivery.event.payload)
        var data: JSONObject = ["dialect": JSONValue(event.dialect?.rawValue)]
        switch event.kind {
        case .mediaValidated, .derivativeReady:
            for name in ["conversation", "message"] { data[name] = payload[name] ?? .null }
            data["media"] = try await media(payload, createdAt: delivery.createdAt)
            if event.kind == .derivativeReady { data["derivatives"] = payload["derivatives"] ?? [] }
        case .mediaRejected:
            for name in ["user", "code", "detail", "originalName"] { data[name] = payload[name] ?? .null }
        case .mediaDeleted:
            for name in ["conversation", "message"] { data[name] = payload[name] ?? .null }
            data["media"] = [
                "id": payload["media"] ?? .null, "owner": payload["owner"] ?? .null, "key": payload["key"] ?? .null,
                "kind": payload["kind"] ?? .null, "deletedAt": payload["deletedAt"] ?? .null,
            ]
        case .messageCreated:
            data["conversation"] = payload["conversation"] ?? .null
            data["message"] = .object(try await message(event))
        case .messageDeleted:
            data["conversation"] = payload["conversation"] ?? .null
            data["message"] = [
                "id": payload["message"] ?? .null, "sender": payload["sender"] ?? .null,
                "deletedAt": payload["deletedAt"] ?? .null,
            ]
        case .jobFinished:
            guard let id = payload["job"]?.stringValue, let job = try await store.job(id) else { return nil }
            data["job"] = job.json
        case .pushRequested:
            guard let push = try await push(delivery) else { return nil }
            data.merge(push) { _, new in new }
        }
        return data
    }

    private func push(_ delivery: WebhookDelivery) async throws -> JSONObject? {
        let payload = delivery.event.payload
        guard let dialect = delivery.event.dialect, let recipient = payload["recipient"]?.stringValue else {
            return nil
        }
        let draft = OutboxDraft(
            recipient: recipient, audience: .devices, event: PushEvent.type, message: payload["message"]?.stringValue,
            payload: payload["push"] ?? .null)
        let entry = OutboxEntry(
            sequence: delivery.sequence, dialect: dialect, draft: draft, attempts: delivery.attempts,
            createdAt: delivery.createdAt)
        return try await pushEvents[dialect]?(entry)?.json["data"]?.objectValue
    }

    private func media(_ payload: JSONValue, createdAt: Date) async throws -> JSONValue {
        guard let text = payload["record"]?.encodedText() else { return .null }
        let record = try JSONDecoder().decode(MediaRecord.self, from: Data(text.utf8))
        let id = payload["media"]?.stringValue
        let item = MediaItem(
            id: id ?? "", owner: payload["owner"]?.stringValue ?? "", record: record,
            createdAt: payload["createdAt"]?.stringValue.flatMap(Timestamp.date) ?? createdAt)
        return try await json(item, id: id)
    }

    private func json(_ item: MediaItem, id: String?) async throws -> JSONValue {
        var members = try await mediaJSON(item).objectValue ?? [:]
        members["id"] = JSONValue(id)
        members["key"] = .string(item.record.key)
        return .object(members)
    }

    /// The message as it is now. Of one that is gone with its conversation only the references are known.
    private func message(_ event: WebhookEvent) async throws -> JSONObject {
        let payload = event.payload
        guard let id = payload["message"]?.stringValue, let dialect = event.dialect,
            let message = try await store.message(id, in: dialect, viewer: nil)
        else {
            return [
                "id": payload["message"] ?? .null, "conversation": payload["conversation"] ?? .null,
                "sender": payload["sender"] ?? .null,
            ]
        }
        var members = message.webhookJSON
        var attachments: [JSONValue] = []
        for file in message.attachments {
            let item = MediaItem(
                id: file.id ?? "", owner: message.sender, record: file, createdAt: message.createdAt)
            attachments.append(try await json(item, id: file.id))
        }
        members["attachments"] = .array(attachments)
        return members
    }
}
