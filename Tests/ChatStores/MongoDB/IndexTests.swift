import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import TestPrograms
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

@Suite("Queries of the MongoDB store")
struct IndexTests {
    private let recorded = RecordedStore()

    @Test(
        "are explained by an index, never by reading a collection",
        arguments: ["bananatalk", "imagekit", "intok", "rooms", "signalr", "other"])
    func indexed(dialect: String) async throws {
        let store = try recorded.open()
        try await StoreTour(store: store, clock: recorded.clock, dialect: Dialect(rawValue: dialect)).everything()
        var shapes: Set<BSONDocument> = []
        var (explained, covered): (Set<String>, Set<String>) = ([], [])
        for sent in recorded.commands() {
            for query in Self.queries(sent.command) where shapes.insert(Self.shape(query)).inserted {
                let stages = try await stages(of: query, in: sent.database, store)
                #expect(!stages.isEmpty, "\(query)")
                #expect(!stages.contains("COLLSCAN"), "\(query)")
                // What is counted or passed over in a conversation is read in the index alone.
                if query["hint"] == "darkroom_order" {
                    #expect(!stages.contains("FETCH"), "\(query)")
                    covered.insert(query.fields[0].name)
                }
                // Lists of conversations are read in the order of the index.
                if query["sort"]?.documentValue?["darkroom.activity"] != nil {
                    #expect(!stages.contains("SORT"), "\(query)")
                }
                explained.insert(query.fields[0].value.stringValue ?? "")
            }
        }
        #expect(covered == ["aggregate", "find"])
        #expect(
            explained.isSuperset(of: [
                "messages", ["imagekit": "chats", "rooms": "chatrooms"][dialect] ?? "conversations", "darkroom_outbox",
                "darkroom_objects",
                "darkroom_references", "darkroom_user_files",
                "darkroom_media", "darkroom_uploads", "darkroom_watched_uploads", "darkroom_tokens", "darkroom_jobs",
                "darkroom_job_items", "darkroom_users", "darkroom_user_records", "darkroom_last_seen",
                "darkroom_sticker_sets", "darkroom_resumable_uploads",
                "darkroom_idempotent_requests",
                "darkroom_daily_counts",
                "darkroom_starts",
            ]), "\(explained)")
    }

    @Test("are made by a tour of every operation that the protocols of a store have")
    func completeness() throws {
        let tour = try String(contentsOf: Project.file("Tests/ChatStores/MongoDB/StoreTour.swift"), encoding: .utf8)
        let folder = Project.file("Sources/ChatBridge")
        var count = 0
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where file.hasSuffix(".swift") {
            let source = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            let protocols = #/public protocol (?:\w*Store|ChatDirectory|MediaRepository|ObjectReferences):[\s\S]*?\n}/#
            for match in source.matches(of: protocols) {
                for operation in match.output.matches(of: #/\n    func (\w+)/#) where operation.output.1 != "close" {
                    let isCalled = tour.contains("store.\(operation.output.1)(")
                    #expect(isCalled, "\(operation.output.1)")
                    count += 1
                }
            }
        }
        #expect(count > 70)
    }

    @Test("what users have of a sticker set is deleted by an index of the sets")
    func stickerSets() async throws {
        let store = try recorded.open()
        let dialect = Dialect(rawValue: "bananatalk")
        _ = recorded.commands()
        _ = try await store.transact { try $0.deleteRecords(ofStickerSet: "set", in: dialect) }
        let sent = try #require(recorded.commands().first { $0.command.fields[0].name == "delete" })
        let query = try #require(Self.queries(sent.command).first)
        let plan = try await store.read { transaction in
            try transaction.session.run(
                sent.database, ["explain": .document(query), "verbosity": "queryPlanner"], writes: true)
        }
        #expect("\(plan)".contains("darkroom_sticker_set"))
        #expect(Self.stages(.document(plan)).contains("IXSCAN"))
    }

    @Test("are recognized where they read a collection")
    func unindexed() async throws {
        let store = try recorded.open()
        try await store.upsert(ChatUser(id: "ann"))
        let query: BSONDocument = ["find": "darkroom_users", "filter": ["name": "ann"]]
        #expect(try await stages(of: query, in: recorded.database, store).contains("COLLSCAN"))
    }

    /// The stages of the plan that the server chooses for a query.
    private func stages(of query: BSONDocument, in database: String, _ store: MongoDBChatStore) async throws
        -> Set<String>
    {
        let plan = try await store.read { transaction in
            try transaction.session.run(
                database, ["explain": .document(query), "verbosity": "queryPlanner"], writes: true)
        }
        return Self.stages(.document(plan))
    }

    /// The queries of a command, one for each statement of a write.
    private static func queries(_ command: BSONDocument) -> [BSONDocument] {
        switch command.fields[0].name {
        case "find", "aggregate", "findAndModify":
            var query = command
            (query["writeConcern"], query["readConcern"]) = (nil, nil)
            return [query]
        case "update", "delete":
            let statements = command.fields[1]
            return (statements.value.arrayValue ?? []).map { statement in
                var query = BSONDocument([(command.fields[0].name, command.fields[0].value)])
                query[statements.name] = [statement]
                return query
            }
        default: return []
        }
    }

    /// A query without its values.
    private static func shape(_ query: BSONDocument) -> BSONDocument {
        func emptied(_ value: BSONValue) -> BSONValue {
            switch value {
            case .document(let document):
                .document(BSONDocument(document.fields.map { ($0.name, emptied($0.value)) }))
            case .array(let elements): .array(Array(Set(elements.map(emptied))))
            default: .null
            }
        }
        guard case .document(let shape) = emptied(.document(query)) else { return query }
        return shape.merging(["collection": query.fields[0].value])
    }

    /// The stages of all plans that were chosen.
    static func stages(_ value: BSONValue) -> Set<String> {
        switch value {
        case .document(let document):
            let inner = document.fields.filter { $0.name != "rejectedPlans" && $0.name != "command" }
            let own = document["stage"]?.stringValue
            return inner.reduce(into: Set([own].compactMap(\.self))) { $0.formUnion(stages($1.value)) }
        case .array(let elements): return elements.reduce(into: []) { $0.formUnion(stages($1)) }
        default: return []
        }
    }
}
