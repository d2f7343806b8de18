import ChatBridge
import ChatDocuments
import Concurrency
import Foundation
import Synchronization

/// One operation of the store: what all that it does share. Its methods block; it is used by one thread.
final class StoreTransaction {
    let session: MongoSession
    private let store: MongoDBChatStore
    private var place: Int?
    private var invalidations: [(users: Set<String>, dialect: Dialect)] = []
    /// The messages whose places were given, changed or removed, see ``placeChanged(_:_:in:)``.
    private var changedPlaces: [(conversation: String, place: Int?, dialect: Dialect)] = []
    private var liveStarts: Set<Int>?
    /// How often the transaction was begun.
    private(set) var attempts = 0

    init(_ session: MongoSession, _ store: MongoDBChatStore) {
        self.session = session
        self.store = store
    }

    var own: OwnCollections { store.layout.own }
    var recheckDelays: [Duration] { store.recheckDelays }
    var requiresReservations: Bool { store.requiresReservations }
    var minimumUploadRate: Int { store.minimumUploadRate }
    var unreadable: UnreadableDocuments { store.unreadable }
    var now: Date { store.now() }
    var start: Int { store.start.number }
    /// The databases whose own collections of users are read.
    var databases: [DialectDatabase] { store.layout.databases }

    /// The process's uptime, in milliseconds.
    var uptime: Int { store.uptimeMilliseconds }

    func database(of dialect: Dialect) -> DialectDatabase { store.layout.database(of: dialect) }

    /// Forgets what an attempt at a transaction did, before the next one.
    func begin() {
        end()
        attempts += 1
        invalidations = []
        liveStarts = nil
    }

    /// The transaction has ended.
    func end() {
        if let place { store.clock.close(place) }
        place = nil
        for change in invalidations {
            store.contactCache.withLock { $0.invalidate(change.users, in: change.dialect) }
        }
        tellChangedPlaces()
    }

    /// A message of a conversation is new at a place, or was removed from there; `nil` for any place. Counts that are kept follow when
    /// the transaction is committed.
    func placeChanged(_ conversation: String, _ place: Int?, in dialect: Dialect) {
        changedPlaces.append((conversation, place, dialect))
    }

    /// Has the counts that are kept follow what was changed so far. To be called after a commit, before anything is counted.
    func tellChangedPlaces() {
        for change in changedPlaces {
            guard let counts = store.messageCounts.known(database(of: change.dialect)) else { continue }
            for form in BSONValue.forms(of: [change.conversation]) { counts.change(form, change.place) }
        }
        changedPlaces = []
    }

    /// See ``MongoDBOptions/countedMessages``.
    var countedMessages: Int { store.messageCounts.size }

    /// The counts of messages that are kept of a dialect, and what begins to keep them.
    func watchedCounts(of database: DialectDatabase) -> MessageCounts.Watch { store.messageCounts.watch(database) }

    /// The next places in the order of everything. Returns the first.
    func nextPlace(count: Int = 1) throws -> Int {
        if place == nil { place = store.clock.open() }
        return try store.clock.next(count, at: now.milliseconds, session)
    }

    /// The starts that have not ended.
    func live() throws -> Set<Int> {
        if let liveStarts { return liveStarts }
        let live = try store.start.live(session)
        liveStarts = live
        return live
    }

    /// Whether what a start has written is of a process before this one: of any that has given no sign of life since.
    func isInherited(from writer: Int) -> Bool { writer != start && !store.start.isKnownToRun(writer) }

    /// See `ProcessStart`.
    func endTransactions(of start: Int) throws { try store.start.endTransactions(of: start, session) }

    /// A condition for what belongs to a start that has ended.
    func ofEndedStarts() throws -> BSONValue {
        ["$nin": .array(try live().sorted().map(BSONValue.int64)), "$gte": 0]
    }

    /// The endpoints of webhooks that this process has read lately; read by `read` where it has not.
    func knownWebhookEndpoints(within age: Int, _ read: () throws -> [WebhookEndpoint]) throws -> [WebhookEndpoint] {
        if let known = store.knownWebhookEndpoints.withLock({ $0 }), uptime - known.at < age { return known.endpoints }
        let (endpoints, time) = (try read(), uptime)
        store.knownWebhookEndpoints.withLock { $0 = (endpoints, time) }
        return endpoints
    }

    /// The contacts of `users` change when the transaction is committed.
    func invalidateContacts(of users: Set<String>, in dialect: Dialect) { invalidations.append((users, dialect)) }

    /// Makes transactions that name the same lock conflict, so that what one has read is still so when it is committed.
    func lock(_ name: String) throws {
        // The documents stay: their number is bounded.
        let number = name.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) } % 4096
        try session.update(own.locks, ["_id": .int64(Int(number))], ["$inc": ["count": 1]], upsert: true)
    }
}
