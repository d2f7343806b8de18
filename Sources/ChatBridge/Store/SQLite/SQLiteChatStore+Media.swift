import Foundation

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
            INSERT INTO owned_media (id, dialect, conversation, owner, record, created_at, start, since)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(media.id), SQLiteValue(media.dialect?.rawValue), SQLiteValue(media.conversation),
                .text(media.owner), .text(try StoredJSON.text(media.record)), .integer(media.createdAt.milliseconds),
                .integer(start.number), .integer(uptimeMilliseconds),
            ])
        try hold(media.record.objects, holder: .media(media.id))
        guard let dialect = media.dialect else { return }
        try takeTicket(media.id, in: dialect)
    }

    /// The upload that was allowed has become a medium, under a key of its own. What was written to is not needed any more;
    /// its key is looked at again when nothing can be written there any more (see ``watch(_:)``).
    private func takeTicket(_ id: String, in dialect: Dialect) throws {
        let ticket: [SQLiteValue] = [.text(dialect.rawValue), .text(id)]
        let object = try connection.first("SELECT object FROM upload_tickets WHERE dialect = ? AND id = ?", ticket) {
            $0.text(0)
        }
        guard let object else { return }
        try connection.run("DELETE FROM upload_tickets WHERE dialect = ? AND id = ?", ticket)
        try connection.run("DELETE FROM object_intents WHERE object = ?", [.text(object)])
        try doomUnlessHeld(object)
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
    public func save(_ ticket: UploadTicket, within allowance: UploadAllowance?) throws {
        try transact {
            if let allowance { try check(ticket, allowance) }
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
            // For so long the client may write it, and perhaps again after it was deleted.
            try intend(
                ticket.key, lifetime: ticket.lifetime.wholeMilliseconds,
                unusedAfter: (ticket.uploadLifetime + UploadTicket.grace).wholeMilliseconds)
            try watch(ticket)
        }
    }

    /// See ``UploadTickets``.
    public func ticket(_ id: String, in dialect: Dialect) throws -> UploadTicket? {
        try translate {
            try connection.first(
                """
                SELECT t.owner, t.conversation, t.object, t.mime_type, t.file_size, t.original_name, t.expires
                FROM upload_tickets AS t LEFT JOIN object_intents AS i ON i.object = t.object
                WHERE t.dialect = ? AND t.id = ? AND (i.start IS NOT ? OR i.keep_until IS NULL OR i.keep_until > ?)
                """,
                [
                    .text(dialect.rawValue), .text(id), .integer(start.number), .integer(uptimeMilliseconds),
                ]
            ) { row in
                UploadTicket(
                    id: id, dialect: dialect, owner: row.user(0), conversation: row.optionalText(1), key: row.text(2),
                    mimeType: row.text(3), fileSize: row.integer(4), originalName: row.optionalText(5),
                    expires: Date(milliseconds: row.integer(6)))
            }
        }
    }

    /// See ``ObjectLedger``.
    public func uncheckedUploads(limit: Int) throws -> [String] {
        try translate {
            try connection.rows(
                Self.uploadsToCheck,
                [.integer(uptimeMilliseconds), .integer(start.number), .integer(limit)]
            ) { $0.text(0) }
        }
    }

    static let uploadsToCheck =
        "SELECT object FROM object_intents WHERE start = ?2 AND unused_after IS NOT NULL AND unused_after <= ?1 LIMIT ?3"

    /// See ``ObjectLedger``.
    public func keepUploads(_ objects: [String]) throws {
        try transact(durable: false) {
            for object in objects {
                try connection.run("UPDATE object_intents SET unused_after = NULL WHERE object = ?", [.text(object)])
            }
        }
    }

    /// Throws when the ticket's owner may put no more files into the store before others are sent, or their time is over.
    private func check(_ ticket: UploadTicket, _ allowance: UploadAllowance) throws {
        let open = try connection.first(
            "SELECT count(*), coalesce(sum(file_size), 0) FROM upload_tickets WHERE dialect = ? AND owner = ?",
            [.text(ticket.dialect.rawValue), .text(ticket.owner)]
        ) { (count: $0.integer(0), bytes: $0.integer(1)) }
        guard let open, open.count < allowance.files, open.bytes <= allowance.bytes - ticket.fileSize else {
            throw ChatError(
                .tooManyUploads,
                "Too many uploads are open: send those that were uploaded, or wait until the addresses of the others have expired."
            )
        }
    }

    private func media(where condition: String, _ values: [SQLiteValue]) throws -> OwnedMedia? {
        try connection.first(
            "SELECT id, dialect, conversation, owner, record, created_at FROM owned_media WHERE \(condition)", values
        ) { row in
            OwnedMedia(
                id: row.text(0), dialect: row.optionalText(1).map(Dialect.init(rawValue:)),
                conversation: row.optionalText(2), owner: row.user(3), record: try StoredJSON.value(row.text(4)),
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
