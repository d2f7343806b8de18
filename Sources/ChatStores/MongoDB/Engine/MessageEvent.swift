import ChatDocuments

/// Reads the events of a change stream of messages: at which places messages have changed. Makes the pipeline of that stream.
///
/// An event of a deletion names the document's `_id` alone, and one of an update only what was set. So a message that another program has
/// deleted or replaced may have been anywhere; one that this program deletes is announced by an update in the same transaction.
struct MessageEvents {
    /// The field in which a message that is about to be deleted names its conversation and place.
    static let removal = "darkroom.removal"
    /// How many announced deletions are remembered: events of one transaction follow each other.
    private static let maximumRemovals = 10_000

    /// Where a message is whose place has changed: `nil` for any conversation, and for any place.
    typealias Change = (conversation: BSONValue?, place: Int?)

    private let conversation: String
    private var removals: [BSONValue: Change] = [:]

    /// - Parameter conversation: the path of the conversation's ID.
    init(conversation: String) { self.conversation = conversation }

    /// The names by which an update may change the conversation or the place.
    private var names: [String] {
        var names = [Self.removal]
        for path in [conversation, "darkroom.order"] {
            let parts = path.split(separator: ".")
            for count in 1...parts.count {
                let name = parts.prefix(count).joined(separator: ".")
                if !names.contains(name) { names.append(name) }
            }
        }
        return names
    }

    /// The pipeline of the stream: it does not send what concerns neither conversation nor place, which most updates do not.
    /// - Parameter token: where another stream has ended.
    func pipeline(after token: BSONValue?) -> [BSONValue] {
        let names = BSONValue.array(names.map(BSONValue.string))
        var options = BSONDocument()
        options["resumeAfter"] = token
        // Names in `updatedFields` contain points, which paths cannot express.
        let updated: BSONValue = [
            "$filter": [
                "input": ["$objectToArray": ["$ifNull": ["$updateDescription.updatedFields", [:]]]],
                "cond": ["$in": ["$$this.k", names]],
            ]
        ]
        let projection = BSONDocument([
            ("operationType", BSONValue.int64(1)), ("documentKey", .int64(1)), ("clusterTime", .int64(1)),
            ("fullDocument." + conversation, .int64(1)), ("fullDocument.darkroom.order", .int64(1)),
            ("removed", "$updateDescription.removedFields"), ("updated", updated),
        ])
        let wanted: [BSONValue] = [
            ["operationType": ["$nin": ["insert", "update"]]],
            ["operationType": "insert", "fullDocument.darkroom.order": ["$gt": 0]],
            ["operationType": "update", "updated": ["$ne": []]],
            ["operationType": "update", "removed": ["$in": names]],
        ]
        return [
            ["$changeStream": .document(options)], ["$project": .document(projection)],
            ["$match": ["$or": .array(wanted)]],
        ]
    }

    /// What has changed by an event; `nil` for nothing.
    mutating func change(by event: BSONDocument) -> Change? {
        let id = event[path: "documentKey._id"] ?? .null
        switch event["operationType"]?.stringValue {
        case "insert":
            let document = event["fullDocument"]?.documentValue
            return (document?[path: conversation], document?[path: "darkroom.order"]?.integerValue)
        case "update": return update(event, of: id)
        case "delete": return removals.removeValue(forKey: id) ?? (nil, nil)
        default: return (nil, nil)
        }
    }

    private mutating func update(_ event: BSONDocument, of id: BSONValue) -> Change? {
        var (conversation, place): (BSONValue?, Int?)
        let removed = event["removed"]?.arrayValue ?? []
        var isLost = names.contains { removed.contains(.string($0)) }
        for field in (event["updated"]?.arrayValue ?? []).compactMap(\.documentValue) {
            let (name, value) = (field["k"]?.stringValue ?? "", field["v"] ?? .null)
            switch name {
            case Self.removal:
                if removals.count >= Self.maximumRemovals { removals = [:] }
                let removal = value.documentValue
                if let place = removal?["order"]?.integerValue {
                    removals[id] = (removal?["conversation"], place)
                }
                return nil
            case self.conversation: conversation = value
            case "darkroom.order": place = value.integerValue
            default:
                // The whole of an inner document: what it does not have has gone.
                let inner = BSONDocument([(name, value)])
                if self.conversation.hasPrefix(name + ".") { conversation = inner[path: self.conversation] }
                if "darkroom.order".hasPrefix(name + ".") { place = inner[path: "darkroom.order"]?.integerValue }
                if name != "darkroom" { isLost = true }
            }
        }
        // Without a place the message was moved to another conversation, or has lost its place.
        return isLost || place == nil ? (nil, nil) : (conversation, place)
    }
}
