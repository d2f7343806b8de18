import ChatBridge
import ChatDocuments
import Foundation
import MediaModel

extension StoredConversation {
    /// A conversation as it is stored.
    init(_ migrated: MigratedConversation) {
        self.init(migrated.conversation, activity: migrated.activity, lastSaid: migrated.lastSaid)
        pair = migrated.pair
        lastMessage = migrated.lastMessage.map(LastMessage.init)
        lastSavedAt = migrated.lastMessage?.createdAt
        messageCount = migrated.messageCount
        for (user, state) in migrated.members {
            var member = StoredMember()
            member.unread = state.unread
            member.readUpTo = state.readUpTo
            member.isHidden = state.isHidden
            member.isArchived = state.isArchived
            (member.mute, member.mutedAt, member.pinnedAt) = (state.mute, state.mutedAt, state.pinnedAt)
            if let cursor = state.lastRead, let date = cursor.readAt {
                member.lastRead = StoredMember.LastRead(message: cursor.message, date: date)
            }
            members[user] = member
        }
    }

    /// The conversation as it was copied.
    func migrated(number: Int) -> MigratedConversation {
        let members = conversation.members.map { user -> (String, MigratedMember) in
            let member = self[user]
            return (
                user,
                MigratedMember(
                    unread: member.unread, readUpTo: member.readUpTo, isHidden: member.isHidden,
                    isArchived: member.isArchived, mute: member.mute, mutedAt: member.mutedAt,
                    pinnedAt: member.pinnedAt)
            )
        }
        return MigratedConversation(
            number: number, conversation: conversation, pair: pair, activity: activity, lastSaid: lastSaid,
            members: Dictionary(members) { first, _ in first })
    }
}

extension MigratedMessage {
    /// The documents of a message in the database of its dialect and in Darkroom's own.
    func documents(_ database: DialectDatabase, _ own: OwnCollections) throws -> [MigrationDocument] {
        var stored = StoredMessage(message, order: place, hiddenFrom: hiddenFrom, deletion: deletion)
        stored.counterpart = counterpart
        stored.setTerms()
        let document = try database.model.document(of: stored)
        let referenced = Set(objects)
        let shown = message.objects.filter(referenced.contains)
        let references = MigratedReference.document(
            MigratedReference.id(ofMessage: number), .message(message.id, message.dialect),
            objects: shown + objects.filter { !shown.contains($0) },
            originals: StoreTransaction.originals(message.attachments.filter { referenced.contains($0.key) }),
            of: FileOrigin(message))
        var documents = [MigrationDocument(collection: database.messages, document: document)]
        if let references { documents.append(MigrationDocument(collection: own.references, document: references)) }
        if let polls = database.polls, let poll = database.model.poll(of: message) {
            documents.append(MigrationDocument(collection: polls, document: poll))
        }
        return documents
    }
}

extension StoredMessage {
    /// The message as it was copied.
    var migrated: MigratedMessage {
        var migrated = MigratedMessage(number: 0, message: message, hiddenFrom: hiddenFrom, deletion: deletion)
        migrated.place = order ?? 0
        return migrated
    }
}
