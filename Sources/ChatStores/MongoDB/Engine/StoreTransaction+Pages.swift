import ChatBridge
import ChatDocuments

/// The messages of a conversation that have a place, between two bounds.
struct PlacedMessages {
    let conversation: String
    let database: DialectDatabase
    let viewer: String
    /// The place of a message: only those after it; 0 for all.
    let after: Int
    /// The place of a message: only those before it; `Int.max` for all.
    let before: Int

    /// The values by which documents may name the conversation.
    var forms: [BSONValue] { BSONValue.forms(of: [conversation]) }

    /// A condition for those whose documents name the conversation by `form`, with those that users have hidden.
    func all(_ form: BSONValue, from first: Int? = nil, to last: Int? = nil) -> BSONDocument {
        var range: BSONDocument = ["$gt": .int64(after), "$lt": .int64(before)]
        range["$gte"] = first.map(BSONValue.int64)
        range["$lte"] = last.map(BSONValue.int64)
        return BSONDocument([
            (database.model.messageFields.conversation, form), ("darkroom.order", .document(range)),
        ])
    }

    /// A condition for those at the places from `first` to `last`.
    func at(_ form: BSONValue, _ first: Int, _ last: Int) -> BSONDocument {
        let range: BSONDocument = ["$gte": .int64(first), "$lte": .int64(last)]
        return BSONDocument([
            (database.model.messageFields.conversation, form), ("darkroom.order", .document(range)),
        ])
    }

    /// A condition for those of ``all(_:from:to:)`` that the viewer has hidden.
    func hidden(_ form: BSONValue, from first: Int? = nil, to last: Int? = nil) -> BSONDocument {
        BSONDocument([(database.model.messageFields.hiddenFrom, BSONValue.matching(anyOf: [viewer]))])
            .merging(all(form, from: first, to: last))
    }
}

/// Pages of the messages of a conversation: which messages they have is found in the index alone (see ``MessageCounter``). Those that
/// the viewer has hidden are counted apart, because the index of the others does not have them.
extension StoreTransaction {
    func page(_ page: MessagePage, of messages: PlacedMessages) throws -> MessageList {
        var counters: [MessageCounter] = []
        for form in messages.forms {
            var counter = MessageCounter(messages, form, session, watchedCounts(of: messages.database))
            if try counter.countAll() > 0 { counters.append(counter) }
        }
        let hidden = try counters.map { try count(messages, messages.hidden($0.form), by: "hidden") }
        let total = counters.reduce(0) { $0 + $1.total } - hidden.reduce(0, +)
        let limit = max(page.limit, 0)
        let (skipped, overflow) = (max(page.page, 1) - 1).multipliedReportingOverflow(by: limit)
        guard limit > 0, !overflow, skipped < total else { return MessageList(messages: [], total: max(total, 0)) }
        let forward = page.after != nil
        var (first, skip): (Int?, Int) = (nil, skipped)
        // Where documents name the conversation in two forms, which are not one range of the index, the messages are passed over.
        if counters.count == 1, skipped > 0 {
            first = try place(
                after: skipped, in: messages, &counters[0], hasHidden: hidden[0] > 0, forward: forward)
            // Others may have been deleted since they were counted.
            guard first != nil else { return MessageList(messages: [], total: total) }
            skip = 0
        }
        let (database, dialect) = (messages.database, messages.database.model.dialect)
        let named: BSONValue = counters.count == 1 ? counters[0].form : .matching(messages.conversation)
        let filter = (forward ? messages.all(named, from: first) : messages.all(named, to: first))
            .merging(notHidden(from: messages.viewer, in: dialect))
        let found = try messageRows(
            filter, in: dialect, sort: forward ? Self.oldestFirst(database) : Self.newestFirst(database), skip: skip,
            limit: limit
        ).map(\.message)
        return MessageList(messages: forward ? found : found.reversed(), total: total)
    }

    /// The place of the message that comes after `skipped` which the viewer sees.
    ///
    /// At least so many messages are passed over, and as many more as are hidden among them and in the place that is reached; until
    /// no more are.
    private func place(
        after skipped: Int, in messages: PlacedMessages, _ counter: inout MessageCounter, hasHidden: Bool, forward: Bool
    ) throws -> Int? {
        var index = skipped
        while let place = try counter.place(at: index, forward: forward) {
            guard hasHidden else { return place }
            let passed = forward ? messages.hidden(counter.form, to: place) : messages.hidden(counter.form, from: place)
            let next = skipped + (try count(messages, passed, by: "hidden"))
            if next <= index { return place }
            index = next
        }
        return nil
    }

    private func count(_ messages: PlacedMessages, _ filter: BSONDocument, by index: String) throws -> Int {
        try session.count(messages.database.messages, filter, hint: "darkroom_" + index)
    }
}
