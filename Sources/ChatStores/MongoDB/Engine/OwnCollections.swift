/// The collections of Darkroom's own documents.
struct OwnCollections: Sendable {
    /// The database that they are in.
    let database: String

    /// The last place that was given in the order of everything.
    var clock: MongoCollection { collection("clock") }
    /// The processes that have the store open.
    var starts: MongoCollection { collection("starts") }
    /// Documents that transactions write which must not be performed at once.
    var locks: MongoCollection { collection("locks") }
    /// The copy of another store, and how far it is.
    var migration: MongoCollection { collection("migration") }
    /// How far the messages of each dialect have the terms by which searches find them.
    var search: MongoCollection { collection("search") }
    /// Users who were provisioned, or created with the names of their tokens.
    var users: MongoCollection { collection("users") }
    /// What dialects store of users beside their records.
    var userRecords: MongoCollection { collection("user_records") }
    /// Sticker sets, which the chat server provides.
    var stickerSets: MongoCollection { collection("sticker_sets") }
    /// When users were last seen.
    var lastSeen: MongoCollection { collection("last_seen") }
    /// How many messages users have sent on a day.
    var dailyCounts: MongoCollection { collection("daily_counts") }
    /// Events that wait to be delivered.
    var outbox: MongoCollection { collection("outbox") }
    /// Which process delivers the events of a dialect.
    var leases: MongoCollection { collection("leases") }
    /// Events that could not be delivered.
    var deadLetters: MongoCollection { collection("dead_letters") }
    /// Which objects messages and media refer to, a document for each message or medium.
    var references: MongoCollection { collection("references") }
    /// What is known of each object: how many references it has, its reservation, whether it is to be deleted.
    var objects: MongoCollection { collection("objects") }
    /// The files that messages and media of each user show.
    var userFiles: MongoCollection { collection("user_files") }
    /// Media that belong to users.
    var media: MongoCollection { collection("media") }
    /// Uploads that clients may make directly to the object store.
    var uploads: MongoCollection { collection("uploads") }
    /// Uploads that may be interrupted and continued.
    var resumableUploads: MongoCollection { collection("resumable_uploads") }
    /// Requests with an idempotency key.
    var idempotentRequests: MongoCollection { collection("idempotent_requests") }
    /// Keys that clients may write to by a URL.
    var watchedUploads: MongoCollection { collection("watched_uploads") }
    /// One-time tokens that were used.
    var tokens: MongoCollection { collection("tokens") }
    /// Jobs over stored media.
    var jobs: MongoCollection { collection("jobs") }
    /// The objects that those jobs process.
    var items: MongoCollection { collection("job_items") }
    /// Where webhooks are sent.
    var webhookEndpoints: MongoCollection { collection("webhook_endpoints") }
    /// Webhooks that wait to be sent, or were given up.
    var webhooks: MongoCollection { collection("webhook_deliveries") }

    private func collection(_ name: String) -> MongoCollection {
        MongoCollection(database: database, name: "darkroom_" + name)
    }
}
