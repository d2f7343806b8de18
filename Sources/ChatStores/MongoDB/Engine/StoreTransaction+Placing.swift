import ChatBridge
import ChatDocuments
import Foundation

/// Messages that another program has written get a place in the order of messages when their conversation is read or changed
/// the next time: in a transaction, with the unread counts that follow from it. Of two transactions that do so at once one is
/// tried again, and finds the places that the other gave.
extension StoreTransaction {
    /// How many messages get a place in one transaction, where that is not part of a larger one.
    private static let placingBatch = 500

    /// A conversation in which every message has a place.
    func placedRow(_ id: String, in dialect: Dialect) throws -> ConversationRow? {
        try conversationRow(id, in: dialect).flatMap { try placed($0) }
    }

    /// The conversation of `row` after every message in it has a place.
    func placed(_ row: ConversationRow) throws -> ConversationRow? {
        guard try giveOrder(in: row.conversation) else { return row }
        return try conversationRow(row.conversation.id, in: row.conversation.dialect)
    }

    /// Gives a place to the messages of a conversation that have none, by their dates. Returns whether there were any; then the
    /// document of the conversation may have changed, too.
    @discardableResult
    func giveOrder(in conversation: Conversation) throws -> Bool {
        let database = database(of: conversation.dialect)
        guard let filter = database.model.unplacedMessages(of: conversation) else { return false }
        var isAny = false
        while try session.first(database.messages, filter, fields: ["_id": 1]) != nil {
            let isPlaced =
                try session.isInTransaction
                ? place(filter, in: conversation, limit: nil)
                : session.transaction { try place(filter, in: conversation, limit: Self.placingBatch) }
            if !session.isInTransaction { tellChangedPlaces() }
            // What is left cannot be read.
            guard isPlaced else { break }
            isAny = true
        }
        return isAny
    }

    /// Returns whether any message got a place.
    private func place(_ filter: BSONDocument, in conversation: Conversation, limit: Int?) throws -> Bool {
        let (dialect, database) = (conversation.dialect, database(of: conversation.dialect))
        let sort = BSONDocument([(database.model.messageFields.createdAt, BSONValue.int64(1)), ("_id", .int64(1))])
        let rows = try messageRows(filter, in: dialect, sort: sort, limit: limit)
        guard !rows.isEmpty, let row = try conversationRow(conversation.id, in: dialect) else { return false }
        var stored = row.stored
        let places = try freePlaces(for: rows.map(\.message.createdAt), in: conversation)
        for (message, place) in zip(rows, places) {
            var placed = message.stored
            placed.message.conversation = conversation.id
            placed.order = place
            placed.setTerms()
            stored.adopt(&placed, countsUnread: !database.model.countsUnread)
            try write(placed, over: message, in: dialect)
            placeChanged(conversation.id, place, in: dialect)
        }
        stored.lastSavedAt = stored.lastMessage?.date
        try write(stored, over: row, in: dialect)
        return true
    }

    /// A place for each of `dates`, which increase: the first of its millisecond that is greater than the one before and that no
    /// other message of the conversation has.
    private func freePlaces(for dates: [Date], in conversation: Conversation) throws -> [Int] {
        var taken: Set<Int> = []
        while true {
            var last = 0
            let places = dates.map { date in
                last = max(OrderKey.first(of: date.milliseconds), last + 1)
                while taken.contains(last) { last += 1 }
                return last
            }
            let found = try orders(among: places, in: conversation.id, conversation.dialect)
            if found.isEmpty { return places }
            // Those that follow are likely to be taken as well.
            for range in Self.ranges(found) {
                let filter: BSONValue = ["$gte": .int64(range.lowerBound), "$lte": .int64(range.upperBound)]
                taken.formUnion(try orders(filter, in: conversation.id, conversation.dialect))
            }
        }
    }

    /// The places, each with the millisecond that follows it; overlapping ranges are one.
    private static func ranges(_ places: [Int]) -> [ClosedRange<Int>] {
        let millisecond = OrderKey.first(of: 1)
        return places.sorted().reduce(into: []) { ranges, place in
            if let last = ranges.last, place <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound...(place + millisecond)
            } else {
                ranges.append(place...(place + millisecond))
            }
        }
    }

    /// The next place in the order of everything. A message that another program wrote in this millisecond may have it already:
    /// then a unique index lets the first attempt fail, and the next one looks for another.
    func freePlace(in conversation: Conversation) throws -> Int {
        var place = try nextPlace()
        while attempts > 1, try !orders(among: [place], in: conversation.id, conversation.dialect).isEmpty {
            place = try nextPlace()
        }
        return place
    }

    /// Which of `places` messages of a conversation have.
    private func orders(among places: [Int], in conversation: String, _ dialect: Dialect) throws -> [Int] {
        try orders(["$in": .array(places.map(BSONValue.int64))], in: conversation, dialect)
    }

    private func orders(_ condition: BSONValue, in conversation: String, _ dialect: Dialect) throws -> [Int] {
        let filter = messages(of: conversation, in: dialect).merging(["darkroom.order": condition])
        return try session.find(database(of: dialect).messages, filter, fields: ["darkroom.order": 1])
            .compactMap { $0[path: "darkroom.order"]?.integerValue }
    }

    /// Gives other places to the messages of `old` whose places messages of `new` have as well, so that both can be one
    /// conversation. Only messages that another program wrote can have the same.
    func separatePlaces(of old: String, from new: String, in dialect: Dialect) throws {
        let filter = messages(of: old, in: dialect).merging(["darkroom.order": ["$gt": 0]])
        var known: [Int] = []
        try session.forEach(database(of: dialect).messages, filter, fields: ["darkroom.order": 1]) { document in
            document[path: "darkroom.order"]?.integerValue.map { known.append($0) }
            return true
        }
        for start in stride(from: 0, to: known.count, by: 1_000) {
            let batch = Array(known[start..<min(start + 1_000, known.count)])
            for place in try orders(among: batch, in: new, dialect) {
                var free = place + 1
                while try !orders(among: [free], in: new, dialect).isEmpty
                    || !orders(among: [free], in: old, dialect).isEmpty
                {
                    free += 1
                }
                let message = messages(of: old, in: dialect).merging(["darkroom.order": .int64(place)])
                try session.update(
                    database(of: dialect).messages, message, ["$set": ["darkroom.order": .int64(free)]])
            }
        }
    }
}

extension StoredConversation {
    /// Counts a message that another program wrote, and that has got its place.
    /// - Parameter countsUnread: whether it counts as unread for members who have not read it.
    fileprivate mutating func adopt(_ stored: inout StoredMessage, countsUnread: Bool) {
        let others = conversation.members.subtracting([stored.message.sender])
        if stored.isRead, others.count == 1, let reader = others.first {
            stored.message.receipts.append(ReadReceipt(user: reader, readAt: stored.message.updatedAt))
        }
        let readers = Set(stored.message.receipts.map(\.user)).union(stored.hiddenFrom)
        for user in conversation.members {
            // A new message brings a hidden conversation back into the lists.
            self[user].isHidden = false
            guard let order = stored.order else { continue }
            if let read = self[user].lastRead, stored.message.createdAt <= read.date {
                self[user].readUpTo = max(self[user].readUpTo, order)
            } else if countsUnread, others.contains(user), !readers.contains(user), stored.message.deletedAt == nil,
                self[user].readUpTo < order
            {
                self[user].unread += 1
            }
        }
    }
}
