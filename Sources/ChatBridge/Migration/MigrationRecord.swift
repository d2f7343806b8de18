package import Foundation
package import JSON

/// A part of a store that is copied record by record. Conversations and their messages are copied apart from these.
package enum MigrationSection: String, Sendable, Hashable, Codable, CaseIterable {
    /// Users' records.
    case users
    /// What dialects store of users beside their records.
    case userRecords = "user_records"
    /// Sticker sets.
    case stickerSets = "sticker_sets"
    /// When users were last seen.
    case lastSeen = "last_seen"
    /// How many messages users have sent on a day.
    case dailyCounts = "daily_counts"
    /// One-time tokens that were used.
    case tokens
    /// Uploads that clients may make directly to the object store.
    case uploads
    /// Keys that clients may write to by a URL.
    case watchedUploads = "watched_uploads"
    /// Which objects are referenced, reserved, marked for deletion or checked again.
    case objects
    /// Media that belong to users.
    case media
    /// What is stored for each user.
    case userFiles = "user_files"
    /// Events that wait to be delivered.
    case outbox
    /// Events that could not be delivered.
    case deadLetters = "dead_letters"
    /// Where webhooks are sent.
    case webhookEndpoints = "webhook_endpoints"
    /// Webhooks that wait to be sent, or were given up.
    case webhooks = "webhook_deliveries"
    /// Jobs over stored media.
    case jobs
    /// The objects that those jobs process.
    case jobItems = "job_items"
}

/// A record of a section. What belongs to a process that used the store (reservations, claims, leases, waiting times) is copied
/// as that of a process that has ended: the service that uses the copy takes it over, as after a crash.
package enum MigrationRecord: Sendable {
    /// A user's record, and when the first one was written.
    case user(ChatUser, knownSince: Date)
    /// What a dialect stores of a user beside their record.
    case userRecord(UserRecord)
    /// A sticker set.
    case stickerSet(StickerSet)
    /// When a user was last seen.
    case lastSeen(user: String, Dialect, Date)
    /// How many messages a user has sent on a day, counted from 1970.
    case dailyCount(user: String, Dialect, day: Int, count: Int)
    /// A one-time token that was used.
    case token(MigratedToken)
    /// An upload that is open. Its times are those of the reservation of its object.
    case upload(PresignedUpload)
    /// A key that may be written to, for that many milliseconds after its URL was given.
    case watchedUpload(object: String, lifetime: Int)
    /// What is known of an object.
    case object(MigratedObject)
    /// A medium.
    case media(MigratedMedia)
    /// A file of a user.
    case userFile(UserFile)
    /// An event that waits to be delivered.
    case outboxEntry(OutboxEntry)
    /// An event that could not be delivered, and the members that it is still for.
    case deadLetter(DeadLetter, remaining: Set<String>?)
    /// An endpoint of webhooks.
    case webhookEndpoint(WebhookEndpoint)
    /// A webhook that waits to be sent, or was given up.
    case webhook(WebhookDelivery)
    /// A job.
    case job(MigratedJob)
    /// An object of a job.
    case jobItem(MigratedJobItem)
}

/// A page of a section.
package struct MigrationPage: Sendable {
    /// The records, in the order of the section.
    package var records: [MigrationRecord]
    /// Where the next page begins; `nil` when this is the last.
    package var next: JSONValue?

    /// A page.
    package init(records: [MigrationRecord], next: JSONValue?) {
        self.records = records
        self.next = next
    }
}
