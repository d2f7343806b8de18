public import Bytes
import Crypto

/// A file of the console, or of the page of descriptions. They are part of the program: nothing is read from disk, and nothing is built.
public struct ConsolePage: Sendable {
    /// What is sent.
    public let content: ByteChunk
    /// Its `Content-Type`.
    public let contentType: String
    /// The entity tag of its content (RFC 9110, section 8.8.3).
    public let etag: String

    private init(_ bytes: [UInt8], _ contentType: String) {
        content = ByteChunk(bytes)
        self.contentType = contentType
        etag =
            "\""
            + SHA256.hash(bytes).prefix(8).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined() + "\""
    }

    /// The files that are served below a path.
    public enum Collection: Sendable {
        /// Those of the console.
        case console
        /// Those of the page of descriptions.
        case descriptions
    }

    /// The file of that name; `nil` when there is none.
    public init?(_ name: String, of collection: Collection = .console) {
        let files = collection == .console ? Self.all : Self.descriptions
        guard let page = files[name] else { return nil }
        self = page
    }

    private static let (html, css, script) = (
        "text/html; charset=utf-8", "text/css; charset=utf-8", "text/javascript; charset=utf-8"
    )

    private static let descriptions: [String: ConsolePage] = [
        "descriptions.html": ConsolePage(PackageResources.descriptions_html, html),
        "descriptions.css": ConsolePage(PackageResources.descriptions_css, css),
        "console.css": ConsolePage(PackageResources.console_css, css),
        "descriptions.js": ConsolePage(PackageResources.descriptions_js, script),
        "operations.js": ConsolePage(PackageResources.operations_js, script),
        "schema.js": ConsolePage(PackageResources.schema_js, script),
        "elements.js": ConsolePage(PackageResources.elements_js, script),
    ]

    private static let all: [String: ConsolePage] = [
        "index.html": ConsolePage(PackageResources.index_html, html),
        "console.css": ConsolePage(PackageResources.console_css, css),
        "console.js": ConsolePage(PackageResources.console_js, script),
        "api.js": ConsolePage(PackageResources.api_js, script),
        "elements.js": ConsolePage(PackageResources.elements_js, script),
        "activity.js": ConsolePage(PackageResources.activity_js, script),
        "blurhash.js": ConsolePage(PackageResources.blurhash_js, script),
        "health.js": ConsolePage(PackageResources.health_js, script),
        "jobs.js": ConsolePage(PackageResources.jobs_js, script),
        "media.js": ConsolePage(PackageResources.media_js, script),
        "outbox.js": ConsolePage(PackageResources.outbox_js, script),
        "resumable.js": ConsolePage(PackageResources.resumable_js, script),
        "uploads.js": ConsolePage(PackageResources.uploads_js, script),
    ]
}
