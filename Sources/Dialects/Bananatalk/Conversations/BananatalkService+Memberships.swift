package import ChatBridge
import Foundation
package import JSON

/// What a member sets for themselves alone. Each operation returns the whole conversation, and changes nothing where it is set
/// already.
extension BananatalkService {
    /// Mutes a conversation for the caller, for `duration` milliseconds or, without one, until they unmute it.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a duration that is not valid, `conversationNotFound` or
    ///   `notAllowed`; `unavailable` when the store does not answer.
    package func mute(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        _ = try await chat.conversation(id, for: caller)
        try body.checkObject()
        let duration = try body.wholeNumber("duration", in: 1...limits.maximumMuteMilliseconds)
        let date = chat.timestamp
        // The end is a date that is compared with the clock, so that nothing needs to happen when it is reached.
        let until = duration.map { Date(milliseconds: date.milliseconds + $0) }
        return try await update(id, by: caller) { ($0.mute, $0.mutedAt) = (.on(until: until), date) }
    }

    /// Unmutes a conversation for the caller.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    package func unmute(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await update(id, by: caller) { ($0.mute, $0.mutedAt) = (.off, nil) }
    }

    /// Archives a conversation for the caller, or takes it out of the archive.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    package func archive(_ id: String, _ isArchived: Bool, by caller: ChatCaller) async throws -> JSONValue {
        try await update(id, by: caller) { $0.isArchived = isArchived }
    }

    /// Pins a conversation for the caller, or unpins it. One that is pinned already keeps its date.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    package func pin(_ id: String, _ isPinned: Bool, by caller: ChatCaller) async throws -> JSONValue {
        let date = chat.timestamp
        return try await update(id, by: caller) { $0.pinnedAt = isPinned ? $0.pinnedAt ?? date : nil }
    }

    private func update(
        _ id: String, by caller: ChatCaller, change: @escaping @Sendable (inout Membership) -> Void
    ) async throws -> JSONValue {
        try await chat.updateMembership(of: caller, in: id, change: change)
        return try await conversation(id, for: caller)
    }
}
