import ChatBridge
import ChatDocuments

extension StoreTransaction {
    /// Merges the direct conversation that the pair of `new` has under another ID into the one under the ID of `new`; whether
    /// there was one.
    func mergeDirectConversation(into new: Conversation) throws -> Bool {
        guard let pair = new.pair, let other = try directRow(pair, in: new.dialect),
            other.conversation.id != new.id
        else { return false }
        let (database, old) = (database(of: new.dialect), other.conversation.id)
        for collection in [own.media, own.uploads] {
            try session.update(
                collection,
                ["dialect": .string(new.dialect.rawValue), "conversation": .identifier(old)],
                ["$set": ["conversation": .identifier(new.id)]], many: true)
        }
        let known = try conversationRow(new.id, in: new.dialect)
        if known != nil {
            try joinDeletions(of: [old, new.id], in: new.dialect)
            try separatePlaces(of: old, from: new.id, in: new.dialect)
        }
        let field = database.model.messageFields.conversation
        try session.update(
            database.messages, [field: .matching(old)],
            ["$set": .document(BSONDocument([(field, BSONValue.identifier(new.id))]))], many: true)
        for id in [old, new.id] { placeChanged(id, nil, in: new.dialect) }
        // An identifier cannot be changed, and of a pair there is one conversation: the old one is deleted first.
        try session.delete(database.conversations, ["_id": .matching(old)])
        guard let known else {
            var document = other.document
            document["_id"] = .identifier(new.id)
            try session.insert(database.conversations, [document])
            return true
        }
        invalidateContacts(of: known.conversation.members.union(other.conversation.members), in: new.dialect)
        try write(Self.merged(known.stored, other.stored), over: known, in: new.dialect)
        try removeDeleted(in: new.id, new.dialect)
        return true
    }

    private static func merged(_ known: StoredConversation, _ other: StoredConversation) -> StoredConversation {
        var merged = known
        for user in known.conversation.members where other.conversation.members.contains(user) {
            merged[user].unread += other[user].unread
            merged[user].readUpTo = min(known[user].readUpTo, other[user].readUpTo)
        }
        merged.conversation.updatedAt = max(known.conversation.updatedAt, other.conversation.updatedAt)
        merged.activity = max(known.activity, other.activity)
        merged.lastSaid = max(known.lastSaid, other.lastSaid)
        return merged
    }

    /// Numbers the deletions of several conversations in one order, which keeps the order of each: where a later deletion of the
    /// same conversation has an earlier date, because the clock was set back, the later date counts.
    private func joinDeletions(of conversations: [String], in dialect: Dialect) throws {
        var moments: [(moment: Int, row: MessageRow)] = []
        for conversation in conversations {
            var moment = Int.min
            for row in try deletedRows(of: conversation, in: dialect) {
                moment = max(moment, row.stored.message.deletedAt?.milliseconds ?? .min)
                moments.append((moment, row))
            }
        }
        let key = { (entry: (moment: Int, row: MessageRow)) in
            (entry.moment, entry.row.stored.deletion ?? 0, entry.row.stored.order ?? 0)
        }
        for (index, entry) in moments.sorted(by: { key($0) < key($1) }).enumerated() {
            var changed = entry.row.stored
            changed.deletion = index + 1
            try write(changed, over: entry.row, in: dialect)
        }
    }
}
