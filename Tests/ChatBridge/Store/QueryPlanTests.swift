import ChatTestSupport
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

extension SQLiteChatStore {
    /// SQLite's plan for a statement, one step a line.
    fileprivate func plan(of statement: String) throws -> [String] {
        let count = statement.filter { $0 == "?" }.count
        return try connection.rows(
            "EXPLAIN QUERY PLAN " + statement, Array(repeating: .integer(1), count: min(count, Self.values(statement)))
        ) { $0.text(3) }
    }

    /// The number of a statement's parameters: `?1`, `?2` … are numbered, and each plain `?` counts as one more.
    private static func values(_ statement: String) -> Int {
        let named = (1...30).last { statement.contains("?\($0)") }
        return named ?? statement.filter { $0 == "?" }.count
    }
}

@Suite("What is looked for regularly")
struct QueryPlanTests {
    @Test(
        "is found by an index, and never by reading a table",
        arguments: [
            (SQLiteChatStore.startsOfPendingObjects, "pending_objects_age"),
            (SQLiteChatStore.reservedForATime, "pending_objects_age"),
            (SQLiteChatStore.reservedSince, "pending_objects_age"),
            (SQLiteChatStore.reservesForATime, "pending_objects_age"),
            (SQLiteChatStore.uploadsToCheck, "pending_objects_unused"),
            (SQLiteChatStore.storedObject, "object_contents_fingerprint"),
            (SQLiteChatStore.startsOfWaiting, "media_items_waiting"),
            (SQLiteChatStore.clearReferenced, "media_items_waiting"),
            (SQLiteChatStore.waitingMedia, "media_items_waiting"),
            (SQLiteChatStore.adoptWaiting, "media_items_waiting"),
            (SQLiteChatStore.removeDeleted, "messages_deletion"),
            (SQLiteChatStore.startsOfTokens, "claimed_tokens_start"),
            (SQLiteChatStore.adoptTokens, "claimed_tokens_start"),
            (SQLiteChatStore.deleteExpiredTokens, "claimed_tokens_start"),
            (SQLiteChatStore.startsOfWatched, "watched_uploads_until"),
            (SQLiteChatStore.endedWatches, "watched_uploads_until"),
            (SQLiteChatStore.adoptWatched, "watched_uploads_until"),
            (SQLiteChatStore.dueMessages, "message_deadlines_due"),
            (SQLiteChatStore.nextDueMessage, "message_deadlines_due"),
            (SQLiteChatStore.activeMembers, "messages_time"),
            (SQLiteChatStore.listedUserFiles, "user_files_age (owner=? AND created_at>? AND created_at<?)"),
            (SQLiteChatStore.userFilesByKey, "user_files USING PRIMARY KEY (owner=? AND object>?)"),
            (SQLiteChatStore.expiredFiles, "user_files_kind (kind=? AND (created_at,object,owner)>(?,?,?)"),
            (SQLiteChatStore.usageOfUser, "user_files USING"),
            (SQLiteChatStore.usesOfFile, "object_owners USING PRIMARY KEY (object=?)"),
            (SQLiteChatStore.directUploadsOfUser, "presigned_uploads_user"),
            (SQLiteChatStore.resumableUploadsOfUser, "resumable_uploads_user"),
            (SQLiteChatStore.unseenMessage, "(dialect=? AND id=?)"),
            (SQLiteChatStore.unseenUpTo, "messages_conversation (conversation=? AND"),
            (SQLiteChatStore.moveReadUpTo, "messages_conversation (conversation=? AND"),
        ])
    func indexes(statement: String, index: String) async throws {
        let store = try StoreFixture().sqlite
        let plan = try await store.plan(of: statement)
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
        // The recursion reads its own rows, one for each start; the attachments are those of one message.
        let small = ["SCAN starts", "SCAN a VIRTUAL TABLE INDEX"]
        #expect(plan.allSatisfy { step in !step.hasPrefix("SCAN") || small.contains { step.hasPrefix($0) } }, "\(plan)")
    }

    @Test("lists of a user's files are read in their order, and not sorted")
    func userFiles() async throws {
        for statement in [SQLiteChatStore.listedUserFiles, SQLiteChatStore.expiredFiles] {
            let plan = try await StoreFixture().sqlite.plan(of: statement)
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
        }
    }

    @Test("the active members of a conversation are found in one pass over its messages, not in one for each member")
    func activeMembers() async throws {
        let plan = try await StoreFixture().sqlite.plan(of: SQLiteChatStore.activeMembers)
        #expect(!plan.contains { $0.contains("CORRELATED") }, "\(plan)")
    }

    @Test("messages are found by the index of terms, and of those no other is read", arguments: [true, false], [1, 3])
    func search(isInOne: Bool, prefixes: Int) async throws {
        let condition = SQLiteChatStore.condition(isInOne: isInOne, prefixes: prefixes)
        let plan = try await StoreFixture().sqlite.plan(of: "SELECT count(*) FROM messages AS m WHERE \(condition)")
        let ranges = plan.filter {
            $0.contains("listed") && $0.contains("PRIMARY KEY (conversation=? AND term>? AND term<?)")
        }
        #expect(ranges.count == prefixes, "\(plan)")
        for table in ["m", "own", "place", "listed"] {
            #expect(!plan.contains { $0.hasPrefix("SCAN \(table)") }, "\(plan)")
        }
    }

    @Test("terms that begin alike are each found by a step in the index", arguments: [true, false])
    func terms(isInOne: Bool) async throws {
        let plan = try await StoreFixture().sqlite.plan(of: SQLiteChatStore.termLists(isInOne: isInOne))
        let steps = plan.filter { $0.contains("listed USING PRIMARY KEY (conversation=? AND term>? AND term<?)") }
        #expect(steps.count == 2, "\(plan)")
        #expect(plan.allSatisfy { !$0.hasPrefix("SCAN") || $0 == "SCAN lists" }, "\(plan)")
    }

    @Test("pages are counted and found by counts of blocks, and of one block by the index", arguments: [true, false])
    func pages(isInOne: Bool) async throws {
        let scope = isInOne ? MessageScope.conversation(1) : .all(.bananatalk)
        let listed = "SELECT m.id FROM messages AS m WHERE \(SQLiteChatStore.isListed(in: scope)) ORDER BY +m.number"
        let expected = [
            (SQLiteChatStore.countInBlocks(in: scope), "message_counts USING PRIMARY KEY (conversation=? AND size=?"),
            (
                SQLiteChatStore.block(in: scope),
                "n USING PRIMARY KEY (conversation=? AND size=? AND block>? AND block<?)"
            ),
            (listed, "m USING INDEX messages_conversation (conversation=? AND number>? AND number<?)"),
        ]
        for (statement, step) in expected {
            let plan = try await StoreFixture().sqlite.plan(of: statement)
            #expect(plan.contains { $0.contains(step) }, "\(plan)")
            for table in ["m", "n", "h", "mine", "c", "message_counts", "hidden_counts", "hidden_messages"] {
                #expect(!plan.contains { $0.hasPrefix("SCAN \(table)") }, "\(plan)")
            }
        }
    }

    @Test("contacts are read until there are enough, without sorting or grouping")
    func contacts() async throws {
        let plan = try await StoreFixture().sqlite.plan(of: SQLiteChatStore.newestContacts)
        #expect(plan.contains { $0.contains("members_user") }, "\(plan)")
        #expect(!plan.contains { $0.contains("ORDER BY") || $0.contains("GROUP BY") }, "\(plan)")
        for table in ["c", "other", "members"] { #expect(!plan.contains { $0.hasPrefix("SCAN \(table)") }, "\(plan)") }
    }
}
