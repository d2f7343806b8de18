public import ChatBridge
import Foundation
public import MediaModel

extension SQLiteChatStore {
    /// See ``MediaJobStore``.
    public func select(_ request: MediaJobRequest, after cursor: SelectionCursor?, limit: Int) throws -> Selection {
        try translate {
            if let keys = request.keys {
                var start = 0
                if case .key(let count) = cursor { start = min(max(count, 0), keys.count) }
                let end = start + min(max(limit, 0), keys.count - start)
                return Selection(
                    objects: Array(keys[min(start, end)..<end]), next: end < keys.count ? .key(end) : nil)
            }
            switch cursor {
            case .media(let id):
                let found = try owned(request, after: id, limit: limit)
                return Selection(
                    objects: found.map(\.object), next: found.count == limit ? found.last.map { .media($0.place) } : nil
                )
            case .message(let number):
                return try sent(request, after: number, limit: limit)
            case .key, .object, nil:
                return try sent(request, after: 0, limit: limit)
            }
        }
    }

    /// See ``MediaJobStore``.
    public func records(of object: String) throws -> [MediaRecord] {
        try translate { try showing(object).flatMap(\.records).filter { $0.key == object } }
    }

    /// What shows `object` as an original, with all that it shows.
    func showing(_ object: String) throws -> [(owner: ObjectOwner, records: [MediaRecord])] {
        let owners = try connection.rows(
            "SELECT owner FROM object_owners WHERE object = ?", [.text(object)]
        ) { ObjectOwner(stored: $0.text(0)) }
        return try owners.compactMap { owner in
            guard let owner, let records = try records(shownBy: owner), records.contains(where: { $0.key == object })
            else { return nil }
            return (owner, records)
        }
    }

    private func records(shownBy owner: ObjectOwner) throws -> [MediaRecord]? {
        switch owner {
        case .message(let number):
            try connection.first("SELECT media FROM messages WHERE number = ?", [.integer(number)]) {
                try $0.optionalText(0).map { try StoredJSON.value($0) } ?? []
            }
        case .media(let id):
            try connection.first("SELECT record FROM media_items WHERE id = ?", [.text(id)]) {
                [try StoredJSON.value($0.text(0))]
            }
        }
    }

    private func sent(_ request: MediaJobRequest, after number: Int, limit: Int) throws -> Selection {
        // The limit is one of messages: all that a message shows is on one page.
        let found = try connection.rows(
            """
            WITH page AS (
                SELECT number, media FROM messages AS m
                WHERE number > ?5 AND media IS NOT NULL AND created_at >= ?1
                    AND EXISTS (SELECT 1 FROM json_each(m.media) AS a WHERE \(Self.condition("a.value")))
                ORDER BY number LIMIT ?4
            )
            SELECT number, json_extract(a.value, '$.key') FROM page, json_each(page.media) AS a
            WHERE \(Self.condition("a.value")) ORDER BY number
            """, try values(request, limit: limit) + [.integer(number)]
        ) { ($0.integer(0), $0.text(1)) }
        let isFull = Set(found.map(\.0)).count == limit
        return Selection(
            objects: found.map(\.1), next: isFull ? found.last.map { .message($0.0) } : .media(""))
    }

    private func owned(
        _ request: MediaJobRequest, after id: String, limit: Int
    ) throws -> [(place: String, object: String)] {
        try connection.rows(
            """
            SELECT id, json_extract(record, '$.key') FROM media_items
            WHERE id > ?5 AND created_at >= ?1 AND \(Self.condition("record")) ORDER BY id LIMIT ?4
            """, try values(request, limit: limit) + [.text(id)]
        ) { ($0.text(0), $0.text(1)) }
    }

    private static func condition(_ record: String) -> String {
        """
        substr(json_extract(\(record), '$.key'), 1, length(?2)) = ?2
            AND json_extract(\(record), '$.kind') IN (SELECT value FROM json_each(?3))
        """
    }

    private func values(_ request: MediaJobRequest, limit: Int) throws -> [SQLiteValue] {
        [
            .integer(request.since?.milliseconds ?? 0), .text(request.prefix ?? ""),
            .text(try StoredJSON.text(request.kinds.map(\.rawValue).sorted())), .integer(limit),
        ]
    }
}

extension ObjectOwner {
    /// The owner that ``value`` represents.
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
