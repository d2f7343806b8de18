public import ChatBridge
import Concurrency
import Foundation
import MediaModel

extension SQLiteChatStore {
    /// See ``MediaRepository``.
    @discardableResult
    public func save(_ media: MediaItem) throws -> MediaItem {
        let step = IdempotentStep.next("media")
        return try transact {
            try once(step) { ids in
                guard let id = ids.first, let known = try self.media(where: "id = ?", [.text(id)]) else {
                    throw ChatError(.mediaDeleted)
                }
                return known
            } make: {
                try insert(media)
                return (media, [media.id], [.media(media.id)])
            }
        }
    }

    /// See ``MediaRepository``.
    public func register(_ media: MediaItem) throws -> MediaRegistration {
        try transact { try registration(of: media) }
    }

    /// Registers a medium, in a transaction.
    func registration(of media: MediaItem) throws -> MediaRegistration {
        let object = media.record.key
        guard try !isReferenced(object) else { return .referenced(by: try medium(showing: object)) }
        guard try !isInUse(object) else { return .inUse }
        try reserve(object)
        try insert(media)
        return .registered
    }

    /// A medium whose original is `object`.
    private func medium(showing object: String) throws -> MediaItem? {
        for case .media(let id) in try showing(object).map(\.owner) { return try media(where: "id = ?", [.text(id)]) }
        return nil
    }

    /// Writes a new medium; a second one under the same ID is rejected.
    func insert(_ media: MediaItem) throws {
        guard try self.media(where: "id = ?", [.text(media.id)]) == nil else {
            throw ChatError(.mediaExists)
        }
        try connection.run(
            """
            INSERT INTO media_items (id, dialect, conversation, owner, record, created_at, start, since,
                needs_message, waits)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)
            """,
            [
                .text(media.id), SQLiteValue(media.dialect?.rawValue), SQLiteValue(media.conversation),
                .text(media.owner), .text(try StoredJSON.text(media.record)), .integer(media.createdAt.milliseconds),
                .integer(start.number), .integer(uptimeMilliseconds), .integer(media.needsMessage ? 1 : 0),
            ])
        try addReferences(to: [media.record], from: .media(media.id), of: FileOrigin(media))
        try insertRenditionJobs(of: [media.record], at: media.createdAt)
        try writeWebhooks(at: media.createdAt) { WebhookEvent.stored(media) }
        guard let dialect = media.dialect else { return }
        try consumeUpload(media.id, in: dialect)
    }

    /// Deletes the presigned upload that has become a medium, under a key of its own, and marks its object for deletion. Its key
    /// is checked again when nothing can be written there any more (see ``watch(_:)``).
    private func consumeUpload(_ id: String, in dialect: Dialect) throws {
        let upload: [SQLiteValue] = [.text(dialect.rawValue), .text(id)]
        let object = try connection.first("SELECT object FROM presigned_uploads WHERE dialect = ? AND id = ?", upload) {
            $0.text(0)
        }
        guard let object else { return }
        try connection.run("DELETE FROM presigned_uploads WHERE dialect = ? AND id = ?", upload)
        try connection.run("DELETE FROM pending_objects WHERE object = ?", [.text(object)])
        try markForDeletionUnlessReferenced(object)
    }

    /// See ``MediaRepository``.
    public func media(_ id: String) throws -> MediaItem? {
        try translate { try media(where: "id = ?", [.text(id)]) }
    }

    /// See ``MediaRepository``.
    public func media(object key: String, of owner: String, in dialect: Dialect) throws -> MediaItem? {
        try translate {
            try media(
                where: """
                    dialect = ?2 AND owner = ?3 AND id IN
                        (SELECT substr(owner, 7) FROM object_owners WHERE object = ?1 AND owner LIKE 'media:%')
                    ORDER BY created_at DESC, id DESC LIMIT 1
                    """, [.text(key), .text(dialect.rawValue), .text(owner)])
        }
    }

    /// See ``MediaRepository``.
    public func isShown(_ media: MediaItem, in dialect: Dialect, to viewer: String) throws -> Bool {
        try translate {
            try connection.first(
                """
                SELECT 1 FROM object_owners AS o JOIN messages AS m ON m.number = CAST(substr(o.owner, 9) AS INTEGER)
                WHERE o.object = ?1 AND o.owner LIKE 'message:%' AND m.dialect = ?2
                    AND EXISTS (SELECT 1 FROM members WHERE conversation = m.conversation AND user = ?3)
                    AND NOT EXISTS (SELECT 1 FROM hidden_messages WHERE message = m.number AND user = ?3)
                    AND EXISTS (SELECT 1 FROM json_each(m.media) AS a WHERE \(Self.isAttachment(of: "?4", key: "?1")))
                LIMIT 1
                """, [.text(media.record.key), .text(dialect.rawValue), .text(viewer), .text(media.id)]
            ) { $0.integer(0) } != nil
        }
    }

    /// The condition on an attachment `a` for those of a medium: other media, of other uploads, may share its object.
    static func isAttachment(of id: String, key: String) -> String {
        "json_extract(a.value, '$.key') = \(key) AND coalesce(json_extract(a.value, '$.id'), \(id)) = \(id)"
    }

    /// See ``MediaRepository``.
    public func deleteMedia(_ id: String, everywhere: Bool) throws -> [String]? {
        try transact {
            guard let media = try media(where: "id = ?", [.text(id)]) else { return nil }
            try eraseAnswers(about: .media(id))
            try connection.run("DELETE FROM media_items WHERE id = ?", [.text(id)])
            try writeDeletion(of: media)
            guard everywhere else { return try removeReferences(of: .media(id)) }
            var orphans = try removeReferences(of: .media(id))
            for number in try messages(showing: media) {
                for message in try messages(where: "m.number = ?1", [.integer(number)]) {
                    let rest = message.attachments.filter { !media.isShown(by: $0) }
                    guard rest.count < message.attachments.count else { continue }
                    orphans += try replaceAttachments(of: message, number: number, by: rest)
                }
            }
            return orphans
        }
    }

    /// Writes the webhooks of a medium that is deleted.
    func writeDeletion(of media: MediaItem) throws {
        let date = now()
        try writeWebhooks(at: date) { [.deleted(media, at: date)] }
    }

    /// Removes attachments from a message. Returns the objects that have no reference now, which are marked for deletion.
    @discardableResult
    func replaceAttachments(of message: ChatMessage, number: Int, by rest: [MediaRecord]) throws -> [String] {
        let removed = Set(message.attachments.flatMap(\.objects)).subtracting(rest.flatMap(\.objects))
        let orphans = try removeReferences(of: .message(number), to: removed.sorted())
        try connection.run(
            "UPDATE messages SET media = ?2 WHERE number = ?1",
            [.integer(number), SQLiteValue(try rest.isEmpty ? nil : StoredJSON.text(rest))])
        return orphans
    }

    /// See ``PresignedUploadStore``.
    @discardableResult
    public func save(_ upload: PresignedUpload, within allowance: UploadAllowance?) throws -> PresignedUpload {
        let step = IdempotentStep.next("upload")
        return try transact {
            try once(step) { ids in
                guard let id = ids.first, let known = try self.upload(id, in: upload.dialect) else {
                    throw ChatError(.mediaDeleted)
                }
                return known
            } make: {
                if let allowance { try check(upload, allowance) }
                try insert(upload)
                return (upload, [upload.id], [])
            }
        }
    }

    private func insert(_ upload: PresignedUpload) throws {
        try connection.run(
            """
            INSERT INTO presigned_uploads
                (dialect, id, owner, conversation, object, mime_type, file_size, original_name, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(upload.dialect.rawValue), .text(upload.id), .text(upload.owner),
                SQLiteValue(upload.conversation), .text(upload.key), .text(upload.mimeType),
                .integer(upload.fileSize), SQLiteValue(upload.originalName), .integer(upload.expires.milliseconds),
            ])
        // The client may write it for so long, and perhaps again after it was deleted.
        try reserve(
            upload.key, lifetime: upload.lifetime.wholeMilliseconds,
            unusedAfter: (upload.uploadLifetime + PresignedUpload.grace).wholeMilliseconds)
        try watch(upload)
    }

    /// See ``PresignedUploadStore``.
    public func presignedUpload(_ id: String, in dialect: Dialect) throws -> PresignedUpload? {
        try translate { try upload(id, in: dialect) }
    }

    private func upload(_ id: String, in dialect: Dialect) throws -> PresignedUpload? {
        try connection.first(
            """
            SELECT t.owner, t.conversation, t.object, t.mime_type, t.file_size, t.original_name, t.expires
            FROM presigned_uploads AS t LEFT JOIN pending_objects AS i ON i.object = t.object
            WHERE t.dialect = ? AND t.id = ? AND (i.start IS NOT ? OR i.keep_until IS NULL OR i.keep_until > ?)
            """,
            [
                .text(dialect.rawValue), .text(id), .integer(start.number), .integer(uptimeMilliseconds),
            ]
        ) { row in
            PresignedUpload(
                id: id, dialect: dialect, owner: row.user(0), conversation: row.optionalText(1), key: row.text(2),
                mimeType: row.text(3), fileSize: row.integer(4), originalName: row.optionalText(5),
                expires: Date(milliseconds: row.integer(6)))
        }
    }

    /// See ``ObjectReferences``.
    public func uncheckedUploads(limit: Int) throws -> [String] {
        try translate {
            try connection.rows(
                Self.uploadsToCheck,
                [.integer(uptimeMilliseconds), .integer(start.number), .integer(limit)]
            ) { $0.text(0) }
        }
    }

    static let uploadsToCheck =
        "SELECT object FROM pending_objects WHERE start = ?2 AND unused_after IS NOT NULL AND unused_after <= ?1 LIMIT ?3"

    /// See ``ObjectReferences``.
    public func retainUploads(_ objects: [String]) throws {
        try transact(durable: false) {
            for object in objects {
                try connection.run("UPDATE pending_objects SET unused_after = NULL WHERE object = ?", [.text(object)])
            }
        }
    }

    /// Checks that the owner of an upload may have another one open.
    /// - Throws: ``StoreError/tooManyUploads``.
    private func check(_ upload: PresignedUpload, _ allowance: UploadAllowance) throws {
        let open = try connection.first(
            "SELECT count(*), coalesce(sum(file_size), 0) FROM presigned_uploads WHERE dialect = ? AND owner = ?",
            [.text(upload.dialect.rawValue), .text(upload.owner)]
        ) { (count: $0.integer(0), bytes: $0.integer(1)) }
        guard let open, open.count < allowance.files, open.bytes <= allowance.bytes - upload.fileSize else {
            throw ChatError(.tooManyUploads)
        }
    }

    private func media(where condition: String, _ values: [SQLiteValue]) throws -> MediaItem? {
        try listedMedia(where: condition, values).first
    }

    /// The media that `condition` selects.
    func listedMedia(where condition: String, _ values: [SQLiteValue]) throws -> [MediaItem] {
        try connection.rows(
            """
            SELECT id, dialect, conversation, owner, record, created_at, needs_message FROM media_items
            WHERE \(condition)
            """, values
        ) { row in
            MediaItem(
                id: row.text(0), dialect: row.optionalText(1).map(Dialect.init(rawValue:)),
                conversation: row.optionalText(2), owner: row.user(3), record: try StoredJSON.value(row.text(4)),
                createdAt: Date(milliseconds: row.integer(5)), needsMessage: row.integer(6) != 0)
        }
    }

    /// The row numbers of the messages that show a medium.
    private func messages(showing media: MediaItem) throws -> [Int] {
        try connection.rows(
            """
            SELECT m.number FROM object_owners AS o JOIN messages AS m ON m.number = CAST(substr(o.owner, 9) AS INTEGER)
            WHERE o.object = ?1 AND o.owner LIKE 'message:%'
                AND EXISTS (SELECT 1 FROM json_each(m.media) AS a WHERE \(Self.isAttachment(of: "?2", key: "?1")))
            """, [.text(media.record.key), .text(media.id)]
        ) { $0.integer(0) }
    }
}
