import ChatBridge
import ChatStoreSQLite
import ChatTestSupport
import Foundation
import TestPrograms
import Testing

@testable import Migration

@Suite("Columns of SQLite")
struct ColumnTests {
    /// Columns that are copied, by table.
    private static let copied: [String: Set<String>] = [
        "users": ["id", "name", "images", "user_type", "details", "known_since"],
        "user_records": ["dialect", "kind", "key", "user", "value", "created_at"],
        "sticker_sets": ["dialect", "id", "content", "created_at", "updated_at"],
        "conversations": [
            "dialect", "id", "pair", "name", "settings", "created_at", "updated_at", "activity", "last_said", "number",
        ],
        "members": ["conversation", "user", "unread", "read_up_to", "details", "is_hidden"],
        "messages": [
            "number", "dialect", "id", "conversation", "sender", "receiver", "type", "text", "media", "location",
            "reply_to", "forwarded_from", "details", "created_at", "updated_at", "edited_at", "deleted_at", "deletion",
        ],
        "receipts": ["message", "user", "read_at", "listened_at"],
        "reactions": ["message", "user", "emoji", "name", "created_at", "place"],
        "deliveries": ["message", "user", "delivered_at", "place"],
        "hidden_messages": ["message", "user"],
        "daily_counts": ["dialect", "user", "day", "count"],
        "last_seen": ["dialect", "user", "seen_at"],
        "outbox": [
            "sequence", "dialect", "recipient", "audience", "event", "message", "payload", "except_socket", "attempts",
            "created_at", "joined", "remaining",
        ],
        "dead_letters": [
            "number", "dialect", "recipient", "audience", "event", "message", "payload", "except_socket", "joined",
            "remaining", "attempts", "created_at", "failed_at", "reason",
        ],
        "webhook_endpoints": ["id", "content"],
        "webhook_deliveries": [
            "sequence", "endpoint", "event", "kind", "dialect", "subject", "payload", "created_at", "queued_at",
            "attempts",
            "reason", "failed_at",
        ],
        "object_owners": ["object", "owner", "user"],
        "user_files": ["owner", "object", "kind", "dialect", "bytes", "created_at", "uses"],
        "pending_objects": ["object", "since", "lifetime", "keep_until", "unused_after"],
        "object_contents": ["object", "fingerprint"],
        "pending_deletions": ["object", "claim", "rechecks"],
        "deletion_rechecks": ["object", "rechecks"],
        "media_items": [
            "id", "dialect", "conversation", "owner", "record", "created_at", "needs_message", "waits",
        ],
        "presigned_uploads": [
            "dialect", "id", "owner", "conversation", "object", "mime_type", "file_size", "original_name", "expires",
        ],
        "watched_uploads": ["object", "lifetime"],
        "claimed_tokens": ["dialect", "token", "expires", "lifetime"],
        "reprocess_jobs": [
            "number", "id", "origin", "specification", "idempotency_key", "state", "created_at", "started_at",
            "ended_at", "cursor", "is_filled",
        ],
        "reprocess_items": ["number", "job", "object", "state", "attempts", "code", "reason", "reserved", "bytes"],
    ]

    /// Columns that are not copied, and why.
    private static let left: [String: String] = [
        "user_search.key": "made of the user's record",
        "user_search.user": "made of the user's record",
        "sticker_sets.search": "made of the content", "sticker_sets.category": "that of the content",
        "messages.folded": "made of the text where the copy has no form of its own for it",
        "message_deadlines.message": "made of the message's details, which say when it is due",
        "message_deadlines.dialect": "that of the message",
        "message_deadlines.due_at": "made of the message's details",
        "message_users.user": "made of the messages' details",
        "message_users.kind": "made of the messages' details",
        "message_users.message": "made of the messages' details",
        "message_terms.conversation": "made of the texts", "message_terms.term": "made of the texts",
        "message_terms.message": "made of the texts",
        "message_counts.conversation": "counted", "message_counts.size": "counted", "message_counts.block": "counted",
        "message_counts.count": "counted", "hidden_counts.conversation": "counted", "hidden_counts.user": "counted",
        "hidden_counts.size": "counted", "hidden_counts.block": "counted", "hidden_counts.count": "counted",
        "unindexed_messages.indexed": "empty once the store is open",
        "unindexed_messages.last": "empty once the store is open",
        "outbox.start": "the process that wrote an entry has ended: it is inherited",
        "outbox.not_before": "by the uptime of a process that has ended: the entry is due",
        "outbox.waits_in": "the process in which an entry waited has ended",
        "webhook_endpoints.created_at": "that of the content",
        "webhook_deliveries.not_before": "by the uptime of a process that has ended: the event is due",
        "webhook_deliveries.waits_in": "the process in which an event waited has ended",
        "pending_objects.start": "the process that reserved an object has ended",
        "pending_objects.created_at": "by the wall clock, which decides nothing, and is not read",
        "pending_objects.shares":
            "the upload has ended with its process: what nothing else references is marked for deletion",
        "deletion_rechecks.start": "the process in which it waited has ended",
        "deletion_rechecks.due": "by the uptime of a process that has ended: the delay begins again",
        "media_items.start": "the process since which a medium waits has ended",
        "media_items.since": "by the uptime of a process that has ended: the time begins again",
        "watched_uploads.start": "the process that watched a key has ended",
        "watched_uploads.until": "by the uptime of a process that has ended: the time begins again",
        "claimed_tokens.start": "the process that remembers a token has ended",
        "claimed_tokens.keep_until": "by the uptime of a process that has ended: the time begins again",
        "reprocess_jobs.runner": "the runner has ended: any can claim the job",
        "reprocess_jobs.runner_start": "the process of the runner has ended",
        "reprocess_jobs.beat": "signs of life of the runner, which has ended",
        "reprocess_jobs.held_until": "of an earlier release, and not read",
        "reprocess_items.not_before": "by the uptime of a process that has ended: the item is due",
        "reprocess_items.holder": "the holder of an item has ended: it is begun again",
        "reprocess_items.holder_start": "the process of the holder has ended",
        "idempotent_requests.id": "a retry after the migration is a new request",
        "idempotent_requests.caller": "a retry after the migration is a new request",
        "idempotent_requests.expires": "a retry after the migration is a new request",
        "idempotent_requests.content": "a retry after the migration is a new request",
        "idempotent_things.thing": "a retry after the migration is a new request",
        "idempotent_things.request": "a retry after the migration is a new request",
        "resumable_uploads.dialect": "an upload that is not finished begins again",
        "resumable_uploads.id": "an upload that is not finished begins again",
        "resumable_uploads.owner": "an upload that is not finished begins again",
        "resumable_uploads.counted_bytes": "an upload that is not finished begins again",
        "resumable_uploads.created_at": "an upload that is not finished begins again",
        "resumable_uploads.expires": "an upload that is not finished begins again",
        "resumable_uploads.version": "an upload that is not finished begins again",
        "resumable_uploads.content": "an upload that is not finished begins again",
        "starts.number": "processes that have the store open",
        "migrations.number": "the form of the tables",
        "migrations.applied_at": "the form of the tables",
        "read_only.migration": "the migration itself",
        "read_only.ended_at": "the migration itself",
        "outbox.trace": "the trace of a request is not continued by another store",
    ]

    @Test("are each copied, or named with the reason why not")
    func columns() async throws {
        let fixture = try MigrationFixture()
        _ = try fixture.source
        let script = """
            import json, sqlite3, sys
            database = sqlite3.connect(sys.argv[1])
            tables = [row[0] for row in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
            print(json.dumps({table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")] for table in tables}))
            """
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/python3"), ["-c", script, fixture.fixture.folder.database])
        let tables = try #require(try finished.json() as? [String: [String]])
        let columns = Set(tables.flatMap { table, names in names.map { "\(table).\($0)" } })
        let copied = Set(Self.copied.flatMap { table, names in names.map { "\(table).\($0)" } })
        #expect(columns.subtracting(copied).subtracting(Self.left.keys) == [], "neither copied nor named")
        #expect(copied.union(Self.left.keys).subtracting(columns) == [], "there is no such column")
        #expect(copied.intersection(Self.left.keys) == [])
    }

    /// A change of each copied column, and whether the comparison finds it, is in ``StoreMigrationTests`` for what reads return;
    /// the rest is compared document by document.
    @Test("are written in the same transactions that check whether the store is read-only")
    func readOnlyTransactions() throws {
        let folder = Project.file("Sources/ChatStores/SQLite")
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where file.hasSuffix(".swift") {
            let source = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            let allowed = [
                "SQLiteConnection.swift", "SQLiteMigrations.swift", "StoreStart.swift", "SQLiteChatStore.swift",
                "Export/SQLiteChatStore+Migration.swift",
                // Before the store is open, as the other steps of a migration.
                "SQLiteMigrations+SearchTerms.swift",
            ]
            #expect(!source.contains("connection.transaction(") || allowed.contains(file), "\(file)")
        }
    }
}
