import ChatBridge
import ChatDocuments
import Foundation

extension ConversationFilter {
    /// The filter as a condition on the conversations of a user.
    func condition(for user: String, _ model: any DocumentModel) -> BSONDocument {
        var excluded: [BSONValue] = [
            ["darkroom.members": ["$elemMatch": ["user": .matching(user), "hidden": true]]]
        ]
        if !includesArchived { excluded.append(.document(model.isArchived(by: user))) }
        var condition = model.isMember(user)
        condition["$nor"] = .array(excluded)
        guard !alternatives.isEmpty else { return condition }
        return condition.adding([
            "$or": .array(
                alternatives.map { conditions -> BSONValue in
                    ["$and": .array(conditions.map { .document($0.condition(model)) })]
                })
        ])
    }
}

extension ConversationFilter.Condition {
    fileprivate func condition(_ model: any DocumentModel) -> BSONDocument {
        let field = model.settingField(setting)
        var matches: [BSONValue] = [
            .document(BSONDocument([(field, ["$in": .array(BSONValue.forms(of: texts.sorted()))] as BSONValue)]))
        ]
        if texts.contains("") {
            // What is no text counts as the empty one.
            let isNoText: BSONValue = ["$not": ["$type": ["string", "objectId"]]]
            matches.append(.document(BSONDocument([(field, isNoText)])))
        }
        return BSONDocument([(isOneOf ? "$or" : "$nor", BSONValue.array(matches))])
    }
}

extension ConversationFilter.Order {
    /// The field of `darkroom` with the place of a conversation. What happened decides: timestamps may come from a clock that
    /// was set since.
    var field: String {
        switch self {
        case .lastChange: "activity"
        case .lastMessage: "lastSaid"
        }
    }
}

extension BSONDocument {
    /// This condition and another, which may be on the same fields.
    func adding(_ other: BSONDocument) -> BSONDocument {
        let all = (self["$and"]?.arrayValue ?? []) + [.document(other)]
        return merging(["$and": .array(all)])
    }
}

extension DocumentModel {
    /// A condition for conversations that have no place, or in which another program has sent a message since one was saved
    /// here; `nil` where no other program does.
    var changedByOthers: BSONDocument? {
        lastMessageDateField.map { field in
            let dates = [field, "darkroom.lastSavedAt"].map { ["$ifNull": [.string("$" + $0), .null]] as BSONValue }
            return ["$or": [["darkroom.activity": .null], ["$expr": ["$ne": .array(dates)]]]]
        }
    }

    /// The fields that decide about the place of a conversation.
    var placeFields: [String] {
        ["darkroom.activity", "darkroom.lastSaid", "darkroom.lastSavedAt", "createdAt", "updatedAt"]
            + [lastMessageDateField].compactMap(\.self)
    }

    /// The place of a conversation, of whose document there are ``placeFields``.
    func place(of document: BSONDocument, in order: ConversationFilter.Order) -> Int {
        let said = lastMessageDateField.flatMap { document[path: $0]?.timestamp }
        let created =
            document["createdAt"]?.timestamp ?? document["_id"]?.identifierValue.flatMap { ObjectID($0)?.date }
        let changed = document["updatedAt"]?.timestamp ?? said ?? created
        let date = order == .lastChange ? changed : created
        let own = document[path: "darkroom." + order.field]?.integerValue
        let place = own ?? OrderKey.first(of: date?.milliseconds ?? 0)
        guard let said, said != document[path: "darkroom.lastSavedAt"]?.timestamp else { return place }
        return max(place, OrderKey.first(of: said.milliseconds))
    }
}
