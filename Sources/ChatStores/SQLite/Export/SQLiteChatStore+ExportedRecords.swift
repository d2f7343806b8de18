package import ChatBridge
import Foundation
package import JSON
import MediaModel

extension SQLiteChatStore {
    /// See `MigrationSource`.
    package func page(
        of section: MigrationSection, after cursor: JSONValue?, limit: Int
    ) throws -> MigrationPage {
        try translate {
            switch section {
            case .users: try users(after: cursor, limit)
            case .userRecords: try userRecords(after: cursor, limit)
            case .stickerSets: try stickerSets(after: cursor, limit)
            case .lastSeen: try lastSeen(after: cursor, limit)
            case .dailyCounts: try dailyCounts(after: cursor, limit)
            case .tokens: try tokens(after: cursor, limit)
            case .uploads: try uploads(after: cursor, limit)
            case .watchedUploads: try watchedUploads(after: cursor, limit)
            case .objects: try objects(after: cursor, limit)
            case .media: try media(after: cursor, limit)
            case .userFiles: try userFiles(after: cursor, limit)
            case .outbox: try outbox(after: cursor, limit)
            case .deadLetters: try deadLetters(after: cursor, limit)
            case .webhookEndpoints: try webhookEndpoints(after: cursor, limit)
            case .webhooks: try webhooks(after: cursor, limit)
            case .jobs: try jobs(after: cursor, limit)
            case .jobItems: try jobItems(after: cursor, limit)
            }
        }
    }

    /// See `MigrationSource`.
    package func counts() throws -> [MigrationSection: Int] {
        let tables: [MigrationSection: String] = [
            .users: "users", .userRecords: "user_records", .stickerSets: "sticker_sets",
            .lastSeen: "last_seen", .dailyCounts: "daily_counts", .tokens: "claimed_tokens",
            .uploads: "presigned_uploads", .watchedUploads: "watched_uploads", .media: "media_items",
            .userFiles: "user_files",
            .outbox: "outbox", .deadLetters: "dead_letters", .jobs: "reprocess_jobs", .jobItems: "reprocess_items",
            .webhookEndpoints: "webhook_endpoints", .webhooks: "webhook_deliveries",
            .objects: """
            (SELECT object FROM object_owners UNION SELECT object FROM pending_objects
            UNION SELECT object FROM pending_deletions UNION SELECT object FROM deletion_rechecks
            UNION SELECT shares FROM pending_objects WHERE shares IS NOT NULL)
            """,
        ]
        return try translate {
            try tables.mapValues { table in
                try connection.first("SELECT count(*) FROM \(table)") { $0.integer(0) } ?? 0
            }
        }
    }

    private func users(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "users", key: .text("id"), columns: "name, images, user_type, details, known_since")
        return try section.page(connection, after: cursor, limit: limit) { row in
            let user = ChatUser(
                id: row.text(0), name: row.text(1), images: try StoredJSON.value(row.text(2)),
                userType: UserType(rawValue: row.text(3)), details: try StoredJSON.value(row.text(4)))
            return .user(user, knownSince: Date(milliseconds: row.integer(5)))
        }
    }

    private func userRecords(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "user_records", key: .text("dialect"), .text("kind"), .text("key"), columns: "user, value, created_at")
        return try section.page(connection, after: cursor, limit: limit) { row in
            .userRecord(try SQLiteChatStore.record(row))
        }
    }

    private func stickerSets(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "sticker_sets", key: .text("dialect"), .text("id"), columns: "content, created_at, updated_at")
        return try section.page(connection, after: cursor, limit: limit) { row in
            .stickerSet(try SQLiteChatStore.stickerSet(row))
        }
    }

    private func lastSeen(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection("last_seen", key: .text("dialect"), .text("user"), columns: "seen_at")
        return try section.page(connection, after: cursor, limit: limit) { row in
            .lastSeen(
                user: row.text(1), Dialect(rawValue: row.text(0)), Date(milliseconds: row.integer(2)))
        }
    }

    private func dailyCounts(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "daily_counts", key: .text("dialect"), .text("user"), .integer("day"), columns: "count")
        return try section.page(connection, after: cursor, limit: limit) { row in
            .dailyCount(
                user: row.text(1), Dialect(rawValue: row.text(0)), day: row.integer(2), count: row.integer(3))
        }
    }

    private func tokens(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "claimed_tokens", key: .text("dialect"), .text("token"), columns: "expires, lifetime")
        return try section.page(connection, after: cursor, limit: limit) { row in
            .token(
                MigratedToken(
                    dialect: Dialect(rawValue: row.text(0)), token: row.text(1),
                    expires: Date(milliseconds: row.integer(2)), lifetime: row.integer(3)))
        }
    }

    private func uploads(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "presigned_uploads", key: .text("dialect"), .text("id"),
            columns: "owner, conversation, object, mime_type, file_size, original_name, expires")
        return try section.page(connection, after: cursor, limit: limit) { row in
            .upload(
                PresignedUpload(
                    id: row.text(1), dialect: Dialect(rawValue: row.text(0)), owner: row.user(2),
                    conversation: row.optionalText(3), key: row.text(4), mimeType: row.text(5),
                    fileSize: row.integer(6), originalName: row.optionalText(7),
                    expires: Date(milliseconds: row.integer(8))))
        }
    }

    private func watchedUploads(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection("watched_uploads", key: .text("object"), columns: "lifetime")
        return try section.page(connection, after: cursor, limit: limit) { row in
            .watchedUpload(object: row.text(0), lifetime: row.integer(1))
        }
    }

    private func media(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        var rank = cursor?[1]?.integerValue ?? 0
        let section = ExportedSection("media_items", key: .text("id"), columns: "waits")
        let after: JSONValue? = (cursor?[0]).map { .array([$0]) }
        var page = try section.page(connection, after: after, limit: limit) { row in
            guard let item = try media(row.text(0)) else { throw ChatError(.unavailable) }
            defer { rank += 1 }
            return .media(
                MigratedMedia(
                    item: item, rank: rank, isWaiting: row.integer(1) != 0, objects: try objects(of: .media(item.id))))
        }
        page.next = (page.next?[0]).map { .array([$0, .integer(rank)]) }
        return page
    }

    private func userFiles(after cursor: JSONValue?, _ limit: Int) throws -> MigrationPage {
        let section = ExportedSection(
            "user_files", key: .text("owner"), .text("object"), columns: "kind, dialect, bytes, created_at, uses")
        return try section.page(connection, after: cursor, limit: limit) { row in
            .userFile(SQLiteChatStore.userFile(row))
        }
    }
}
