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

    /// A condition for those of ``all(_:from:to:)`` that the viewer has hidden.
    func hidden(_ form: BSONValue, from first: Int? = nil, to last: Int? = nil) -> BSONDocument {
        BSONDocument([(database.model.messageFields.hiddenFrom, BSONValue.matching(anyOf: [viewer]))])
            .merging(all(form, from: first, to: last))
    }
}

/// Pages of the messages of a conversation. The chat server may delete and hide messages as well, so that no count that is kept would
/// be right: messages are counted, and passed over, in the index alone, which takes about a quarter of a microsecond each. Those that
/// the viewer has hidden are counted apart, because the index of the others does not have them.
extension StoreTransaction {
    func page(_ page: MessagePage, of messages: PlacedMessages) throws -> MessageList {
        let counts = try messages.forms.map { form in
            (form: form, all: try count(messages, messages.all(form), by: "order"))
        }
        let forms = counts.filter { $0.all > 0 }
        let hidden = try forms.map { try count(messages, messages.hidden($0.form), by: "hidden") }
        let total = forms.reduce(0) { $0 + $1.all } - hidden.reduce(0, +)
        let limit = max(page.limit, 0)
        let (skipped, overflow) = (max(page.page, 1) - 1).multipliedReportingOverflow(by: limit)
        guard limit > 0, !overflow, skipped < total else { return MessageList(messages: [], total: max(total, 0)) }
        let forward = page.after != nil
        var (first, skip): (Int?, Int) = (nil, skipped)
        // Where documents name the conversation in two forms, which are not one range of the index, the messages are passed over.
        if forms.count == 1, skipped > 0 {
            first = try place(
                after: skipped, in: messages, forms[0].form, count: forms[0].all, hasHidden: hidden[0] > 0,
                forward: forward)
            // Others may have been deleted since they were counted.
            guard first != nil else { return MessageList(messages: [], total: total) }
            skip = 0
        }
        let (database, dialect) = (messages.database, messages.database.model.dialect)
        let named: BSONValue = forms.count == 1 ? forms[0].form : .matching(messages.conversation)
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
        after skipped: Int, in messages: PlacedMessages, _ form: BSONValue, count all: Int, hasHidden: Bool,
        forward: Bool
    ) throws -> Int? {
        var index = skipped
        while let place = try place(at: index, in: messages, form, count: all, forward: forward) {
            guard hasHidden else { return place }
            let passed = forward ? messages.hidden(form, to: place) : messages.hidden(form, from: place)
            let next = skipped + (try count(messages, passed, by: "hidden"))
            if next <= index { return place }
            index = next
        }
        return nil
    }

    /// The place of the message with that index, from whichever end is nearer.
    private func place(
        at index: Int, in messages: PlacedMessages, _ form: BSONValue, count all: Int, forward: Bool
    ) throws -> Int? {
        let isNear = index <= all / 2
        let found = try session.find(
            messages.database.messages, messages.all(form),
            sort: forward == isNear ? Self.oldestFirst(messages.database) : Self.newestFirst(messages.database),
            skip: isNear ? index : max(all - 1 - index, 0), limit: 1, fields: ["_id": 0, "darkroom.order": 1],
            hint: "darkroom_order")
        return found.first?[path: "darkroom.order"]?.integerValue
    }

    private func count(_ messages: PlacedMessages, _ filter: BSONDocument, by index: String) throws -> Int {
        try session.count(messages.database.messages, filter, hint: "darkroom_" + index)
    }
}
