public import ChatBridge
public import Configuration
public import Foundation
public import Realtime

/// What the service is told to be.
public struct ServiceSettings: Sendable {
    /// The chat systems that are served, each under `/NAME`.
    package var dialects: [any DialectModule.Type]
    /// The one that is served at `/` as well.
    public var rootDialect: Dialect?
    /// How clients reach this service, without a slash at the end.
    public var publicURL: String
    /// How long the URL of an object works, in seconds.
    public var urlLifetime: TimeInterval
    /// How previews are made.
    public var previews: PreviewSettings
    /// The secret by which tokens are verified; dialects derive keys of their own from it.
    public var secret: [UInt8]
    /// Where dialects find the settings that they declare.
    public var reader: SettingsReader
    /// How many media a job deals with at once.
    public var jobConcurrency: Int
    /// How old half-made things must be to count as left by a crash.
    public var abandonedAfter: Duration
    /// What clients may do before they have said who they are.
    public var unauthenticated: UnauthenticatedLimits
    /// Whether anybody may read the metrics; otherwise a service token is needed.
    public var hasOpenMetrics: Bool

    /// Settings of which each has a default but the dialects and keys.
    package init(
        dialects: [any DialectModule.Type], rootDialect: Dialect? = nil, publicURL: String,
        urlLifetime: TimeInterval = 604_800,
        previews: PreviewSettings = PreviewSettings(), secret: [UInt8],
        reader: SettingsReader = SettingsReader(environment: [:]), jobConcurrency: Int = 1,
        abandonedAfter: Duration = .seconds(86_400), unauthenticated: UnauthenticatedLimits = UnauthenticatedLimits(),
        hasOpenMetrics: Bool = false
    ) {
        self.dialects = dialects
        self.rootDialect = rootDialect
        self.publicURL = publicURL
        self.urlLifetime = urlLifetime
        self.previews = previews
        self.secret = secret
        self.reader = reader
        self.jobConcurrency = jobConcurrency
        self.abandonedAfter = abandonedAfter
        self.unauthenticated = unauthenticated
        self.hasOpenMetrics = hasOpenMetrics
    }
}
