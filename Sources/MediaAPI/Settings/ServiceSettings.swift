public import ChatBridge
public import Configuration
public import Foundation
public import Realtime

/// The settings of the service.
public struct ServiceSettings: Sendable {
    /// The dialects that are served, each under `/NAME`.
    package var dialects: [any DialectModule.Type]
    /// The dialect that is also served at `/`.
    public var rootDialect: Dialect?
    /// The URL at which clients reach this service, without a trailing slash.
    public var publicURL: String
    /// The lifetime of object URLs, in seconds.
    public var urlLifetime: TimeInterval
    /// The settings of previews.
    public var previews: PreviewSettings
    /// The secret that verifies tokens; dialects may derive keys of their own from it.
    public var secret: [UInt8]
    /// Reads the settings that dialects declare.
    public var reader: SettingsReader
    /// The number of media that a job processes concurrently.
    public var jobConcurrency: Int
    /// Whether this node processes items of the queue that the nodes share.
    public var processesJobs: Bool
    /// The age from which incomplete uploads count as abandoned.
    public var abandonedAfter: Duration
    /// The limits of clients that have not authenticated.
    public var unauthenticated: UnauthenticatedLimits
    /// How much clients may do within an hour.
    public var limits: RequestLimitSettings
    /// The limits of resumable uploads.
    public var resumable: ResumableSettings
    /// How long files are kept.
    public var retention: RetentionSettings
    /// When an event that cannot be delivered is given up.
    public var deadLetterLimits: DeadLetterLimits
    /// How webhooks are sent, and the endpoint in the settings.
    package var webhooks: WebhookSettings
    /// Which renditions are made.
    public var renditions: RenditionSettings
    /// Which uploads share stored objects.
    public var deduplication: Deduplication
    /// Whether metrics need no token; otherwise a service token is required.
    public var hasOpenMetrics: Bool
    /// Whether the pages of the console are served.
    public var hasConsole: Bool
    /// The version of the program, for the descriptions of its APIs.
    public var version: String

    /// Settings; all but the dialects, the public URL and the secret have defaults.
    package init(
        dialects: [any DialectModule.Type], rootDialect: Dialect? = nil, publicURL: String,
        urlLifetime: TimeInterval = 604_800,
        previews: PreviewSettings = PreviewSettings(), secret: [UInt8],
        reader: SettingsReader = SettingsReader(environment: [:]), jobConcurrency: Int = 1,
        processesJobs: Bool = true,
        abandonedAfter: Duration = .seconds(86_400), unauthenticated: UnauthenticatedLimits = UnauthenticatedLimits(),
        limits: RequestLimitSettings = RequestLimitSettings(), resumable: ResumableSettings = ResumableSettings(),
        retention: RetentionSettings = RetentionSettings(),
        deadLetterLimits: DeadLetterLimits = DeadLetterLimits(), webhooks: WebhookSettings = WebhookSettings(),
        deduplication: Deduplication = .off, renditions: RenditionSettings = RenditionSettings(),
        hasOpenMetrics: Bool = false, hasConsole: Bool = true,
        version: String = "0"
    ) {
        self.dialects = dialects
        self.rootDialect = rootDialect
        self.publicURL = publicURL
        self.urlLifetime = urlLifetime
        self.previews = previews
        self.secret = secret
        self.reader = reader
        self.jobConcurrency = jobConcurrency
        self.processesJobs = processesJobs
        self.abandonedAfter = abandonedAfter
        self.unauthenticated = unauthenticated
        self.limits = limits
        self.resumable = resumable
        self.retention = retention
        self.deadLetterLimits = deadLetterLimits
        self.webhooks = webhooks
        self.deduplication = deduplication
        self.renditions = renditions
        self.hasOpenMetrics = hasOpenMetrics
        self.hasConsole = hasConsole
        self.version = version
    }
}
