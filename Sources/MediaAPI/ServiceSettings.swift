public import ChatBridge
public import Foundation

/// What the service is told to be.
public struct ServiceSettings: Sendable {
    /// The dialects that there are.
    public static let knownDialects = ServedDialects.all.map { $0.dialect }

    /// The dialects that are served, each under `/NAME`.
    public var dialects: [Dialect]
    /// The one that is served at `/` as well.
    public var rootDialect: Dialect?
    /// How long the URL of an object works, in seconds.
    public var urlLifetime: TimeInterval
    /// How previews are made.
    public var previews: PreviewSettings
    /// The keys of ImageKit's upload API.
    public var imageKit: ImageKitKeys
    /// How old half-made things must be to count as left by a crash.
    public var abandonedAfter: Duration

    /// Settings of which each has a default but the dialects and keys.
    public init(
        dialects: [Dialect], rootDialect: Dialect? = nil, urlLifetime: TimeInterval = 604_800,
        previews: PreviewSettings = PreviewSettings(), imageKit: ImageKitKeys,
        abandonedAfter: Duration = .seconds(86_400)
    ) {
        self.dialects = dialects
        self.rootDialect = rootDialect
        self.urlLifetime = urlLifetime
        self.previews = previews
        self.imageKit = imageKit
        self.abandonedAfter = abandonedAfter
    }
}
