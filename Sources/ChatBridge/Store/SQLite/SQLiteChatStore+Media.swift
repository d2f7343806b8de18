public import Foundation

extension SQLiteChatStore {
    /// See ``MediaCatalogue``.
    public func save(_ media: OwnedMedia) throws {
        try transact { try insert(media) }
    }

    /// Writes a medium that is new: of two under one id the second is refused.
    func insert(_ media: OwnedMedia) throws {
        guard try self.media(where: "id = ?", [.text(media.id)]) == nil else {
            throw ChatError(.invalidRequest, "The file was sent already")
        }
        try connection.run(
            """
            INSERT INTO owned_media (id, dialect, conversation, owner, record, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .text(media.id), SQLiteValue(media.dialect?.rawValue), SQLiteValue(media.conversation),
                .text(media.owner), .text(try StoredJSON.text(media.record)), .integer(media.createdAt.milliseconds),
            ])
        try hold(media.record.objects, holder: .media(media.id))
        guard let dialect = media.dialect else { return }
        try connection.run(
            "DELETE FROM upload_tickets WHERE dialect = ? AND id = ?", [.text(dialect.rawValue), .text(media.id)])
    }

    /// See ``MediaCatalogue``.
    public func media(_ id: String) throws -> OwnedMedia? {
        try translate { try media(where: "id = ?", [.text(id)]) }
    }

    /// See ``MediaCatalogue``.
    public func media(object key: String, in dialect: Dialect) throws -> OwnedMedia? {
        try translate {
            try media(
                where: """
                    dialect = ?2 AND id IN
                        (SELECT substr(holder, 7) FROM object_holders WHERE object = ?1 AND holder LIKE 'media:%')
                    """, [.text(key), .text(dialect.rawValue)])
        }
    }

    /// See ``MediaCatalogue``.
    public func deleteMedia(_ id: String, everywhere: Bool) throws -> [String]? {
        try transact {
            guard let media = try media(where: "id = ?", [.text(id)]) else { return nil }
            try connection.run("DELETE FROM owned_media WHERE id = ?", [.text(id)])
            guard everywhere else { return try release(holder: .media(id)) }
            let objects = media.record.objects
            for number in try messages(showing: media.record.key) {
                let shown = try messages(where: "m.number = ?1", [.integer(number)]).flatMap(\.attachments)
                let rest = shown.filter { $0.key != media.record.key }
                try connection.run(
                    "UPDATE messages SET media = ?2 WHERE number = ?1",
                    [.integer(number), SQLiteValue(try rest.isEmpty ? nil : StoredJSON.text(rest))])
            }
            try release(objects: objects)
            return objects
        }
    }

    /// See ``UploadTickets``.
    public func save(_ ticket: UploadTicket) throws {
        try transact {
            try connection.run("DELETE FROM upload_tickets WHERE expires < ?", [.integer(now().milliseconds)])
            try connection.run(
                """
                INSERT INTO upload_tickets
                    (dialect, id, owner, conversation, object, mime_type, file_size, original_name, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(ticket.dialect.rawValue), .text(ticket.id), .text(ticket.owner),
                    SQLiteValue(ticket.conversation), .text(ticket.key), .text(ticket.mimeType),
                    .integer(ticket.fileSize), SQLiteValue(ticket.originalName), .integer(ticket.expires.milliseconds),
                ])
            // Until then the client may write it, and perhaps again after it was deleted.
            try intend(ticket.key, at: ticket.expires)
        }
    }

    /// See ``UploadTickets``.
    public func ticket(_ id: String, in dialect: Dialect) throws -> UploadTicket? {
        try translate {
            try connection.first(
                """
                SELECT owner, conversation, object, mime_type, file_size, original_name, expires
                FROM upload_tickets WHERE dialect = ? AND id = ? AND expires >= ?
                """, [.text(dialect.rawValue), .text(id), .integer(now().milliseconds)]
            ) { row in
                UploadTicket(
                    id: id, dialect: dialect, owner: row.text(0), conversation: row.optionalText(1), key: row.text(2),
                    mimeType: row.text(3), fileSize: row.integer(4), originalName: row.optionalText(5),
                    expires: Date(milliseconds: row.integer(6)))
            }
        }
    }

    /// See ``UploadTickets``.
    public func claim(token: String, in dialect: Dialect, expires: Date) throws -> Bool {
        try transact {
            try connection.run("DELETE FROM claimed_tokens WHERE expires < ?", [.integer(now().milliseconds)])
            return try connection.change(
                "INSERT OR IGNORE INTO claimed_tokens (dialect, token, expires) VALUES (?, ?, ?)",
                [.text(dialect.rawValue), .text(token), .integer(expires.milliseconds)]) > 0
        }
    }

    private func media(where condition: String, _ values: [SQLiteValue]) throws -> OwnedMedia? {
        try connection.first(
            "SELECT id, dialect, conversation, owner, record, created_at FROM owned_media WHERE \(condition)", values
        ) { row in
            OwnedMedia(
                id: row.text(0), dialect: row.optionalText(1).map(Dialect.init(rawValue:)),
                conversation: row.optionalText(2), owner: row.text(3), record: try StoredJSON.value(row.text(4)),
                createdAt: Date(milliseconds: row.integer(5)))
        }
    }

    /// The numbers of the messages that show an object.
    private func messages(showing object: String) throws -> [Int] {
        try connection.rows(
            """
            SELECT CAST(substr(holder, 9) AS INTEGER) FROM object_holders
            WHERE object = ? AND holder LIKE 'message:%'
            """, [.text(object)]
        ) { $0.integer(0) }
    }
}
