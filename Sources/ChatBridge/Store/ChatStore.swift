/// Where chat is stored. Every operation is one transaction; what it acknowledges survives a crash.
///
/// An implementation throws only a ``ChatError`` made of a ``StoreError``: it has codes and details, and no text for
/// clients. Every operation may throw ``StoreError/unavailable`` (the database is locked, full or unreadable), with the
/// engine's error as the cause; then nothing was changed. Other errors are listed at each declaration; an operation
/// without such a list throws no others, and what does not exist is `nil`, `false` or empty and no error.
public protocol ChatStore: ChatDirectory, LastSeenStore, MessageStore, MessageChangeStore, MessageSearchStore,
    SelfDestructStore, OutboxStore, DeadLetterStore, ObjectReferences, MediaRepository, PresignedUploadStore,
    ResumableUploadStore, MediaJobStore, UserRecordStore, StickerStore, WebhookStore, IdempotencyStore
{
    /// Returns if the store can be read and written now. Writes nothing.
    /// - Throws: ``StoreError/unavailable`` when it cannot.
    func check() async throws
    /// How much the database takes where it is stored, in bytes.
    /// - Throws: ``StoreError/unavailable``.
    func databaseBytes() async throws -> Int
    /// What stores chat, for operators: `sqlite`, `mongodb`.
    var engine: String { get }
    /// Ends the use of the store, so that other processes need not find out that this one has ended. Nothing may be called
    /// after it.
    func close() async
}

extension ChatStore {
    /// Does nothing: the kernel releases what the process has locked.
    public func close() async {}
}
