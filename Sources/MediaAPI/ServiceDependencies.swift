public import ChatBridge
public import Foundation
public import Jobs
public import Limits
public import Logging
public import MediaWorker
public import Metrics
public import ObjectStore
public import Realtime
public import Tracing
public import Translation

/// The dependencies of the service.
public struct ServiceDependencies: Sendable {
    /// The store of objects.
    public var objects: any ObjectStore
    /// The folder store whose signed URLs the service itself serves; `nil` when a bucket is used.
    public var folder: FolderStore?
    /// The store of chats.
    public var chat: any ChatStore
    /// The pipeline that receives and validates uploads.
    public var pipeline: UploadPipeline
    /// Validates stored objects, with workers of its own so that uploads do not wait for it.
    public var inspector: StoredInspector
    /// Verifies tokens.
    public var tokens: TokenVerifier
    /// Statistics of the workers; `nil` when there are none.
    public var workers: (@Sendable () -> WorkerStatistics)?
    /// Where metrics are added.
    public var metrics: MetricsRegistry
    /// The nodes that share their connections' events; `nil` where there is one.
    public var cluster: (any HubCluster)?
    /// What the nodes count together of the limits of clients; `nil` where this process counts alone.
    public var sharedBuckets: (any SharedBuckets)?
    /// The queue of jobs that the nodes share; `nil` where this process alone executes them.
    public var queue: ItemQueue?
    /// Makes renditions; `nil` where this process makes none.
    public var renditions: (any RenditionMaking)?
    /// The queue of renditions that the nodes share; `nil` where this process alone makes them.
    public var renditionQueue: ItemQueue?
    /// Translates messages, in dialects that have translations.
    public var translator: Translator
    /// Takes events for devices; `nil` where none are made.
    public var push: (any PushReceiver)?
    /// Sends webhooks; `nil` where none are sent.
    public var webhooks: (any WebhookSender)?
    /// Asks the chat server whether it accepts uploads; `nil` where it is not asked.
    package var authorizer: UploadAuthorizer?
    /// Records traces; `nil` where nothing is traced.
    public var tracer: Tracer?
    /// The log.
    public var logger: Logger
    /// Returns the current time.
    public var now: @Sendable () -> Date

    /// Dependencies of a service.
    public init(
        objects: any ObjectStore, folder: FolderStore?, chat: any ChatStore, pipeline: UploadPipeline,
        inspector: StoredInspector, tokens: TokenVerifier, workers: (@Sendable () -> WorkerStatistics)? = nil,
        metrics: MetricsRegistry = MetricsRegistry(), cluster: (any HubCluster)? = nil,
        sharedBuckets: (any SharedBuckets)? = nil, queue: ItemQueue? = nil, translator: Translator = .none,
        push: (any PushReceiver)? = nil, webhooks: (any WebhookSender)? = nil, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.objects = objects
        self.folder = folder
        self.chat = chat
        self.pipeline = pipeline
        self.inspector = inspector
        self.tokens = tokens
        self.workers = workers
        self.metrics = metrics
        self.cluster = cluster
        self.sharedBuckets = sharedBuckets
        self.queue = queue
        self.translator = translator
        self.push = push
        self.webhooks = webhooks
        self.logger = logger
        self.now = now
    }
}
