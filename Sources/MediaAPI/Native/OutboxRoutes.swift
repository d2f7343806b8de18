package import ChatBridge
import Foundation
import HTTPServer
package import JSON
import OpenAPI

/// Routes of the events that wait to be delivered, and of those that were given up. They require a service token.
struct OutboxRoutes: Sendable {
    static let limit = IntegerParameter("limit", in: 1...100, default: 20, "How many dead letters to list.")
    static let after = IntegerParameter(
        "after", in: 0...Int.max, default: 0, "Lists the dead letters after this one: `moreAfter`.")

    let outbox: any OutboxStore & DeadLetterStore
    let authenticator: Authenticator
    /// Called when there is something to deliver.
    let wake: @Sendable () -> Void

    func mount(on routes: inout Routes) {
        routes.onService(.get, "/v1/outbox", authenticator, .outbox) { request, _, _ in try await list(request) }
        routes.onService(.post, "/v1/outbox/replay", authenticator, .replayOutbox) { request, _, _ in
            let count = try await outbox.replayDeadLetters(ReplayedLetters.numbers(in: try await request.json()))
            if count > 0 { wake() }
            return .json(["replayed": .integer(count)])
        }
    }

    private func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let limit = try request.value(of: Self.limit)
        let letters = try await outbox.deadLetters(after: request.value(of: Self.after), limit: limit)
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
