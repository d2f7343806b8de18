import ChatBridge
import Foundation
import JSON

/// What waits: objects that are reserved or to be deleted, events, jobs. Whose it was, and since when by the uptime of which
/// process, is not exported: that process has ended when the copy is used.
extension SQLiteChatStore {
    func objects(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let condition = cursor == nil ? "" : "WHERE object > ?2"
        let keys = ["object_owners", "pending_objects", "pending_deletions", "deletion_rechecks", Self.sharedObjects]
            .map {
                "SELECT * FROM (SELECT DISTINCT object FROM \($0) \(condition) ORDER BY object LIMIT ?1)"
            }
        let values: [SQLiteValue] = [.integer(limit)] + [cursor?.stringValue].compactMap(\.self).map(SQLiteValue.text)
        let found = try connection.rows(keys.joined(separator: " UNION ") + " ORDER BY object LIMIT ?1", values) {
            $0.text(0)
        }
        return MigrationPage(
            records: try found.map { .object(try migratedObject($0)) },
            next: found.count < limit ? nil : found.last.map(JSONValue.string))
    }

    /// The objects that uploads are to reference.
    private static let sharedObjects = "(SELECT shares AS object FROM pending_objects WHERE shares IS NOT NULL)"

    private func migratedObject(_ key: String) throws -> MigratedObject {
        let value: [SQLiteValue] = [.text(key)]
        let references = try connection.first("SELECT count(*) FROM object_owners WHERE object = ?", value) {
            $0.integer(0)
        }
        var object = MigratedObject(key: key, references: references ?? 0)
        object.reservation = try connection.first(
            "SELECT since, lifetime, keep_until, unused_after FROM pending_objects WHERE object = ?", value
        ) {
            MigratedObject.Reservation(
                since: $0.integer(0), lifetime: $0.optionalInteger(1), keepUntil: $0.optionalInteger(2),
                unusedAfter: $0.optionalInteger(3))
        }
        let deletion = try connection.first(
            "SELECT rechecks, claim FROM pending_deletions WHERE object = ?", value
        ) { (rechecks: $0.integer(0), claim: $0.optionalInteger(1)) }
        object.deletion = deletion?.rechecks
        // What only uploads were to reference that have ended with their process.
        if references == 0, deletion == nil, try isReferenced(key) { object.deletion = 0 }
        object.fingerprint = try connection.first("SELECT fingerprint FROM object_contents WHERE object = ?", value) {
            $0.text(0)
        }
        object.isClaimed = deletion?.claim != nil
        object.recheck = try connection.first("SELECT rechecks FROM deletion_rechecks WHERE object = ?", value) {
            $0.integer(0)
        }
        return object
    }

    func outbox(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "outbox", key: .integer("sequence"),
            columns: """
                dialect, recipient, event, message, payload, except_socket, attempts, created_at, audience, joined, remaining
                """)
        return try section.page(connection, after: cursor, limit: limit) { row in
            let remaining = try row.optionalText(11).map { text in
                Set(try StoredJSON.value(text).arrayValue?.compactMap(\.stringValue) ?? [])
            }
            return .outboxEntry(
                OutboxEntry(
                    sequence: row.integer(0), dialect: Dialect(rawValue: row.text(1)),
                    draft: OutboxDraft(
                        recipient: row.text(2), audience: OutboxDraft.Audience(rawValue: row.text(9)) ?? .user,
                        event: row.text(3), message: row.optionalText(4),
                        payload: try StoredJSON.value(row.text(5)), exceptSocket: row.optionalText(6),
                        joined: row.text(10).isEmpty ? nil : row.text(10)),
                    attempts: row.integer(7), createdAt: Date(milliseconds: row.integer(8)), isInherited: true,
                    remaining: remaining))
        }
    }

    func deadLetters(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "dead_letters", key: .integer("number"),
            columns: """
                dialect, recipient, audience, event, message, payload, except_socket, joined, attempts, created_at,
                failed_at, reason, remaining
                """)
        return try section.page(connection, after: cursor, limit: limit) { row in
            let remaining = try row.optionalText(13).map { text in
                Set(try StoredJSON.value(text).arrayValue?.compactMap(\.stringValue) ?? [])
            }
            return .deadLetter(try deadLetter(row), remaining: remaining)
        }
    }

    func webhookEndpoints(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection("webhook_endpoints", key: .text("id"), columns: "content")
        return try section.page(connection, after: cursor, limit: limit) { row in
            .webhookEndpoint(try WebhookEndpoint(storedText: row.text(1)))
        }
    }

    func webhooks(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "webhook_deliveries", key: .integer("sequence"),
            columns: """
                endpoint, event, kind, dialect, subject, payload, created_at, queued_at, attempts, reason, failed_at
                """)
        return try section.page(connection, after: cursor, limit: limit) { row in
            .webhook(try SQLiteChatStore.delivery(row))
        }
    }

    func jobs(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection("reprocess_jobs", key: .integer("number"), columns: "id")
        return try section.page(connection, after: cursor, limit: limit) { row in
            guard let job = try jobRow(row.text(1)) else { throw ChatError(.unavailable) }
            return .job(
                MigratedJob(
                    number: job.number, job: job.job, cursor: try migrated(job.cursor), isFilled: job.isFilled))
        }
    }

    /// The place in a selection, with the rank of a medium instead of its ID.
    private func migrated(_ cursor: SelectionCursor?) throws -> SelectionCursor? {
        guard case .media(let id) = cursor, !id.isEmpty else { return cursor }
        let selected = try connection.first("SELECT count(*) FROM media_items WHERE id <= ?", [.text(id)]) {
            $0.integer(0)
        }
        return .media(selected.flatMap { $0 > 0 ? String($0 - 1) : nil } ?? "")
    }

    func jobItems(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "reprocess_items AS i JOIN reprocess_jobs AS j ON j.number = i.job", key: .integer("i.number"),
            columns: "j.id, i.object, i.state, i.attempts, i.code, i.reason, i.reserved")
        return try section.page(connection, after: cursor, limit: limit) { row in
            let reason = row.optionalText(5).map { MediaJobItem.Reason($0, row.text(6)) }
            return .jobItem(
                MigratedJobItem(
                    number: row.integer(0), job: row.text(1), object: row.text(2),
                    state: MediaJobItem.State(rawValue: row.text(3)) ?? .waiting, attempts: row.integer(4),
                    reason: reason, reserved: row.optionalText(7)))
        }
    }
}
