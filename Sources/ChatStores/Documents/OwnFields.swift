package import ChatBridge
public import Foundation
import JSON

/// The field `darkroom` of documents, which has what a model has no place for. Its names are the same in all models, because
/// the store's own queries read them.
extension StoredMessage {
    /// The field of a message: `order`, `deletion`, `dueAt`, when it is deleted by itself, `folded`, the text in the form that
    /// searches compare where it is not ASCII, and `terms`, by which searches find it.
    public var ownFields: BSONDocument {
        var fields = BSONDocument()
        fields["order"] = order.map(BSONValue.int64)
        fields["deletion"] = deletion.map(BSONValue.int64)
        fields["dueAt"] = message.selfDestruct?.dueAt.map(BSONValue.date)
        if !message.text.utf8.allSatisfy({ $0 < 0x80 }) { fields["folded"] = .string(SearchText.folded(message.text)) }
        fields["terms"] = terms.map { .array($0.map(BSONValue.string)) }
        return fields
    }

    /// Reads ``ownFields``.
    public mutating func readOwnFields(_ fields: BSONDocument?) {
        order = fields?["order"]?.integerValue
        deletion = fields?["deletion"]?.integerValue
    }
}

extension StoredConversation {
    /// The field of a conversation: its places in the orders, the `pair` of a direct one, and its `members`.
    /// - Parameter fields: what is written of a member, beside `user`; where that is nothing, the member is left out.
    public func ownFields(membersOf fields: (StoredMember) -> BSONDocument) -> BSONDocument {
        var own: BSONDocument = ["activity": .int64(activity), "lastSaid": .int64(lastSaid)]
        own["pair"] = pair.map(BSONValue.string)
        own["lastSavedAt"] = lastSavedAt.map(BSONValue.date)
        let list = conversation.members.sorted().compactMap { user -> BSONValue? in
            let written = fields(self[user])
            return written.isEmpty ? nil : .document((["user": .identifier(user)] as BSONDocument).merging(written))
        }
        own["members"] = .array(list)
        return own
    }

    /// Reads ``ownFields(membersOf:)``, of members all of ``StoredMember/fields``.
    public mutating func readOwnFields(_ fields: BSONDocument?) {
        activity = fields?["activity"]?.integerValue ?? OrderKey.first(of: conversation.updatedAt.milliseconds)
        lastSaid = fields?["lastSaid"]?.integerValue ?? OrderKey.first(of: conversation.createdAt.milliseconds)
        pair = fields?["pair"]?.stringValue ?? conversation.pair
        lastSavedAt = fields?["lastSavedAt"]?.timestamp
        for entry in (fields?["members"]?.arrayValue ?? []).compactMap(\.documentValue) {
            guard let user = entry["user"]?.identifierValue, conversation.members.contains(user) else { continue }
            members[user] = StoredMember(fields: entry, over: self[user])
        }
    }
}

extension StoredConversation {
    /// Moves a conversation in which the chat server has sent a message since to the place of that in both orders.
    public mutating func followOthers(lastMessageAt date: Date?) {
        guard let date, date != lastSavedAt else { return }
        let place = OrderKey.first(of: date.milliseconds)
        (activity, lastSaid) = (max(activity, place), max(lastSaid, place))
    }
}

extension StoredMember {
    /// All of a member, each only where it is set.
    public static func fields(_ member: StoredMember) -> BSONDocument {
        var fields = BSONDocument()
        fields["unread"] = member.unread == 0 ? nil : .int64(member.unread)
        fields["readUpTo"] = member.readUpTo == 0 ? nil : .int64(member.readUpTo)
        fields["hidden"] = member.isHidden ? true : nil
        fields["archived"] = member.isArchived ? true : nil
        fields["pinnedAt"] = member.pinnedAt.map(BSONValue.date)
        if case .on(let until) = member.mute {
            fields["muted"] = true
            fields["mutedUntil"] = until.map(BSONValue.date)
            fields["mutedAt"] = member.mutedAt.map(BSONValue.date)
        }
        return fields
    }

    /// Reads ``fields(_:)``.
    /// - Parameter known: what is known of the member from other fields of the document.
    init(fields: BSONDocument, over known: StoredMember) {
        self = known
        unread = fields["unread"]?.integerValue ?? unread
        readUpTo = fields["readUpTo"]?.integerValue ?? readUpTo
        isHidden = fields["hidden"]?.boolValue ?? isHidden
        isArchived = fields["archived"]?.boolValue ?? isArchived
        pinnedAt = fields["pinnedAt"]?.timestamp ?? pinnedAt
        guard fields["muted"]?.boolValue ?? false else { return }
        mute = .on(until: fields["mutedUntil"]?.timestamp)
        mutedAt = fields["mutedAt"]?.timestamp
    }
}

extension Conversation {
    /// Reads a field of a document that shows a setting, where the document has not what is written for the settings as they are.
    package mutating func readSetting(_ name: String, _ value: BSONValue?, writtenAs written: BSONValue?) {
        let value = value.flatMap { $0.isNull ? nil : $0 }
        guard value?.literal != written?.literal else { return }
        if let number = value?.integerValue, number == written?.integerValue { return }
        setSetting(name, value?.literal)
    }
}
