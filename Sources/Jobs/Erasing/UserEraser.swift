public import ChatBridge
public import Foundation

/// Deletes what is stored for a user, or has expired, an item of a job at a time. Each step may be repeated, also by another process at the same time: what
/// is deleted already is left alone, and each event is written in the transaction that deletes its message.
public struct UserEraser: Sendable {
    private let store: any ChatStore
    private let events: [Dialect: DueMessageDeleter.Events]
    private let emptiedGroups: Set<Dialect>
    private let endUpload: @Sendable (_ key: String, _ user: String) async throws -> Void
    private let now: @Sendable () -> Date
    private let wake: @Sendable () -> Void

    /// An eraser.
    /// - Parameters:
    ///   - events: makes the events for the deletion of a message, by dialect.
    ///   - emptiedGroups: the dialects whose groups are deleted when they lose their last member.
    ///   - endUpload: ends the resumable upload of a user that writes the object of that key, if there is one.
    ///   - wake: called when the outbox has an entry to deliver, or an object was marked for deletion.
    public init(
        store: any ChatStore, events: [Dialect: DueMessageDeleter.Events], emptiedGroups: Set<Dialect>,
        endUpload: @escaping @Sendable (_ key: String, _ user: String) async throws -> Void,
        now: @escaping @Sendable () -> Date, wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.events = events
        self.emptiedGroups = emptiedGroups
        self.endUpload = endUpload
        self.now = now
        self.wake = wake
    }

    /// Deletes what an item of a job names: the user, an upload in progress, or a file with the user's messages and media that show it. A
    /// file that others show stays.
    /// - Throws: `ChatError`; errors of the object store.
    func erase(_ item: String, of user: String) async throws {
        defer { wake() }
        guard item != MediaJobRequest.userItem(user) else {
            try await store.deleteUser(user, deletingEmptyGroupsOf: emptiedGroups)
            return
        }
        try await endUpload(item, user)
        let uses = try await store.uses(of: item, by: user)
        // A direct upload, which nothing shows yet.
        if uses.isEmpty { try await store.markForDeletion(objects: [item]) }
        for use in uses {
            switch use {
            case .message(let message): try await delete(message)
            case .media(let id): _ = try await store.deleteMedia(id, everywhere: false)
            }
        }
    }

    /// Removes a file that has expired from the messages of its user, which stay, and deletes their media that show it. Pictures of profiles,
    /// libraries and stickers, which need no message, do not expire. Whether anything was removed.
    /// - Throws: `ChatError`.
    func expire(_ file: ExpiredFile) async throws -> Bool {
        defer { wake() }
        var isChanged = false
        for use in try await store.uses(of: file.key, by: file.owner) {
            switch use {
            case .message(let message):
                if try await store.removeFile(file.key, from: message.id, in: message.dialect, at: now()) {
                    isChanged = true
                }
            case .media(let id):
                guard let media = try await store.media(id), media.dialect == nil || media.needsMessage else {
                    continue
                }
                if try await store.deleteMedia(id, everywhere: false) != nil { isChanged = true }
            }
        }
        return isChanged
    }

    private func delete(_ message: ChatMessage) async throws {
        let drafts = events[message.dialect]?(message) ?? []
        do {
            _ = try await store.deleteForAll(message.id, in: message.dialect, at: now(), outbox: drafts)
        } catch let error as ChatError where error.code == .messageNotFound {
            // It was deleted with its conversation meanwhile.
        }
    }
}
