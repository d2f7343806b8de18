package import ChatBridge
import Foundation
import HTTPServer
package import JSON

/// Routes of the events that wait to be delivered, and of those that were given up. They require a service token.
struct OutboxRoutes: Sendable {
    private static let maximumListed = 100
    private static let maximumReplayed = 1_000

    let outbox: any OutboxStore & DeadLetterStore
    let authenticator: Authenticator
    /// Called when there is something to deliver.
    let wake: @Sendable () -> Void

    func mount(on routes: inout Routes) {
        routes.onService(.get, "/v1/outbox", authenticator) { request, _, _ in try await list(request) }
        routes.onService(.post, "/v1/outbox/replay", authenticator) { request, _, _ in
            let count = try await outbox.replayDeadLetters(Self.numbers(try await request.json()))
            if count > 0 { wake() }
            return .json(["replayed": .integer(count)])
        }
    }

    private func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let limit = try request.queryInteger("limit") ?? 20
        guard (1...Self.maximumListed).contains(limit) else {
            throw APIError.invalid("limit", "is a number from 1 to \(Self.maximumListed)")
        }
        let letters = try await outbox.deadLetters(after: request.queryInteger("after") ?? 0, limit: limit)
        var waiting: JSONObject = [:]
        for (dialect, backlog) in try await outbox.outboxBacklog() {
            waiting[dialect.rawValue] = [
                "entries": .integer(backlog.count), "oldest": .string(Timestamp.milliseconds(backlog.oldest)),
            ]
        }
        return .json([
            "waiting": .object(waiting),
            "deadLetters": .array(letters.map(\.json)),
            "moreAfter": letters.count == limit ? JSONValue(letters.last.map { String($0.number) }) : .null,
        ])
    }

    /// The dead letters in a body `{"ids": […]}`; `nil` for `{"all": true}`.
    private static func numbers(_ body: JSONValue) throws(APIError) -> [Int]? {
        if body["all"] == true, body["ids"] == nil { return nil }
        let ids = body["ids"]?.arrayValue ?? []
        let numbers = ids.compactMap { $0.stringValue.flatMap { Int($0) } }
        guard body["all"] == nil, (1...maximumReplayed).contains(ids.count), numbers.count == ids.count else {
            throw APIError.invalid(
                "ids", "is a list of 1 to \(maximumReplayed) IDs of dead letters; or send {\"all\": true}")
        }
        return numbers
    }
}

extension DeadLetter {
    /// The dead letter as the API shows it: without the event's payload, which may contain what users have written.
    package var json: JSONValue {
        [
            "id": .string(String(number)), "dialect": .string(dialect.rawValue), "event": .string(draft.event),
            "audience": .string(draft.audience.rawValue), "recipient": .string(draft.recipient),
            "message": JSONValue(draft.message), "attempts": .integer(attempts),
            "createdAt": .string(Timestamp.milliseconds(createdAt)),
            "failedAt": .string(Timestamp.milliseconds(failedAt)), "reason": .string(reason),
        ]
    }
}
