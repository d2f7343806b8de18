public import ChatBridge
public import Foundation
public import Logging
public import MediaWorker
public import ObjectStore

/// What the service stands on, all of it made elsewhere.
public struct ServiceDependencies: Sendable {
    /// Where bytes rest.
    public var objects: any ObjectStore
    /// The folder whose signed URLs the service itself serves; `nil` when a bucket does.
    public var folder: FolderStore?
    /// Where chat is kept.
    public var chat: any ChatStore
    /// Where uploads come in.
    public var intake: UploadPipeline
    /// Who judges what is stored already: with workers of its own, so that no upload waits behind it.
    public var inspector: StoredInspector
    /// Who decides whom a token stands for.
    public var tokens: TokenVerifier
    /// What those who inspect have done, and how they stand; `nil` where nobody counts.
    public var workers: (@Sendable () -> WorkerStatistics)?
    /// Where the log goes.
    public var logger: Logger
    /// The time.
    public var now: @Sendable () -> Date

    /// A service's ground.
    public init(
        objects: any ObjectStore, folder: FolderStore?, chat: any ChatStore, intake: UploadPipeline,
        inspector: StoredInspector, tokens: TokenVerifier, workers: (@Sendable () -> WorkerStatistics)? = nil,
        logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.objects = objects
        self.folder = folder
        self.chat = chat
        self.intake = intake
        self.inspector = inspector
        self.tokens = tokens
        self.workers = workers
        self.logger = logger
        self.now = now
    }
}
