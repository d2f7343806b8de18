import Foundation

extension SQLiteChatStore {
    /// See ``ReprocessStore``.
    public func select(_ order: ReprocessOrder, after cursor: SelectionCursor?, limit: Int) throws -> Selection {
        try translate {
            if let keys = order.keys {
                var start = 0
                if case .key(let count) = cursor { start = count }
                let end = min(start + limit, keys.count)
                return Selection(
                    objects: Array(keys[min(start, end)..<end]), next: end < keys.count ? .key(end) : nil)
            }
            switch cursor {
            case .media(let id):
                let found = try owned(order, after: id, limit: limit)
                return Selection(
                    objects: found.map(\.object), next: found.count == limit ? found.last.map { .media($0.place) } : nil)
            case .message(let number):
                return try sent(order, after: number, limit: limit)
            case .key, nil:
                return try sent(order, after: 0, limit: limit)
            }
        }
    }

    /// See ``ReprocessStore``.
    public func records(of object: String) throws -> [MediaRecord] {
        try translate { try showing(object).map(\.record) }
    }

    /// What shows `object` as its original.
    func showing(_ object: String) throws -> [(holder: ObjectHolder, record: MediaRecord)] {
        let holders = try connection.rows(
            "SELECT holder FROM object_holders WHERE object = ?", [.text(object)]
        ) { ObjectHolder(stored: $0.text(0)) }
        return try holders.compactMap { holder in
            guard let holder else { return nil }
            let (query, place): (String, SQLiteValue) =
                switch holder {
                case .message(let number): ("SELECT media FROM messages WHERE number = ?", .integer(number))
                case .media(let id): ("SELECT record FROM owned_media WHERE id = ?", .text(id))
                }
            let text = try connection.first(query, [place]) { $0.text(0) }
            guard let text, let record = try? StoredJSON.value(text, as: MediaRecord.self), record.key == object else {
                return nil
            }
            return (holder, record)
        }
    }

    private func sent(_ order: ReprocessOrder, after number: Int, limit: Int) throws -> Selection {
        let found = try connection.rows(
            """
            SELECT number, json_extract(media, '$.key') FROM messages
            WHERE number > ?5 AND media IS NOT NULL AND \(Self.condition("media")) ORDER BY number LIMIT ?4
            """, try values(order, limit: limit) + [.integer(number)]
        ) { ($0.integer(0), $0.text(1)) }
        return Selection(
            objects: found.map(\.1), next: found.count == limit ? found.last.map { .message($0.0) } : .media(""))
    }

    private func owned(
        _ order: ReprocessOrder, after id: String, limit: Int
    ) throws -> [(place: String, object: String)] {
        try connection.rows(
            """
            SELECT id, json_extract(record, '$.key') FROM owned_media
            WHERE id > ?5 AND \(Self.condition("record")) ORDER BY id LIMIT ?4
            """, try values(order, limit: limit) + [.text(id)]
        ) { ($0.text(0), $0.text(1)) }
    }

    private static func condition(_ record: String) -> String {
        """
        created_at >= ?1 AND substr(json_extract(\(record), '$.key'), 1, length(?2)) = ?2
            AND json_extract(\(record), '$.kind') IN (SELECT value FROM json_each(?3))
        """
    }

    private func values(_ order: ReprocessOrder, limit: Int) throws -> [SQLiteValue] {
        [
            .integer(order.since?.milliseconds ?? 0), .text(order.prefix ?? ""),
            .text(try StoredJSON.text(order.kinds.sorted())), .integer(limit),
        ]
    }
}

extension ObjectHolder {
    /// The holder that ``value`` tells of.
    init?(stored text: String) {
        let halves = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (halves.first, halves.count) {
        case ("message", 2):
            guard let number = Int(halves[1]) else { return nil }
            self = .message(number)
        case ("media", 2): self = .media(halves[1])
        default: return nil
        }
    }
}
