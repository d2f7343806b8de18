import ChatBridge
import Foundation
import JSON

/// The events of messages that are deleted by themselves.
enum DisappearingMessageEvent {
    /// The event of a new message, for its receiver.
    static func sent(_ message: ChatMessage, _ selfDestruct: SelfDestruct, to receiver: String) -> OutboxDraft {
        OutboxDraft(
            recipient: receiver, event: "newDisappearingMessage", message: message.id,
            payload: ["destructTimer": .integer(selfDestruct.timer ?? 0), "expiresAt": time(selfDestruct.expiresAt)])
    }

    /// The events of a message that was read, and whose timer has started: its sender receives who read it, and all who see it when
    /// it is deleted.
    @Sendable
    static func read(_ message: ChatMessage) -> [OutboxDraft] {
        let triggered = BananatalkEvent.toViewers(
            message, "messageDestructTriggered",
            ["messageId": .string(message.id), "destructAt": time(message.selfDestruct?.destructAt)])
        // In a group several members read it, and the first one starts the timer.
        guard let receiver = message.receiver else { return triggered }
        let readAt = message.receipts.first { $0.user == receiver }?.readAt
        let read = OutboxDraft(
            recipient: message.sender, event: "disappearingMessageRead",
            payload: ["messageId": .string(message.id), "readAt": time(readAt), "readBy": .string(receiver)])
        return [read] + triggered
    }

    /// The event of a message that was deleted because its time was over, for all who saw it.
    @Sendable
    static func deleted(_ message: ChatMessage) -> [OutboxDraft] {
        BananatalkEvent.toViewers(message, "messageAutoDeleted", ["messageId": .string(message.id)])
    }

    private static func time(_ date: Date?) -> JSONValue { JSONValue(date.map(Timestamp.milliseconds)) }
}
