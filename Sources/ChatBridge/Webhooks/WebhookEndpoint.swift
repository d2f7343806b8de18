public import Foundation

/// Where webhooks are sent.
public struct WebhookEndpoint: Sendable, Hashable, Codable {
    /// The ID of the endpoint that the settings describe.
    public static let settingsID = "settings"

    /// Whether events are sent to an endpoint.
    public enum State: String, Sendable, Hashable, Codable {
        /// They are.
        case active
        /// They wait.
        case paused
        /// None are written for it.
        case disabled
    }

    /// A secret that signs its requests.
    public struct Secret: Sendable, Hashable, Codable {
        /// `whsec_` and 24 to 64 bytes in Base64.
        public var value: String
        /// Until when it signs; `nil` without end.
        public var expiresAt: Date?

        /// A secret.
        public init(value: String, expiresAt: Date? = nil) {
            self.value = value
            self.expiresAt = expiresAt
        }
    }

    /// Its unique ID.
    public var id: String
    /// The URL that requests go to.
    public var url: String
    /// What its operator calls it; may be empty.
    public var description: String
    /// The kinds of events that it receives; `nil` for ``WebhookKind/standard``.
    public var kinds: [WebhookKind]?
    /// The dialects whose events it receives, and ``WebhookEvent/nativeSource``; `nil` for all.
    public var dialects: [String]?
    /// The secrets, each of which signs every request, the latest first. Those of the endpoint of the settings are not stored.
    public var secrets: [Secret]
    /// Whether events are sent to it.
    public var state: State
    /// Why it is not active, for operators.
    public var reason: String?
    /// Since when every request to it has failed; `nil` when the last one did not.
    public var failingSince: Date?
    /// When it was made.
    public var createdAt: Date
    /// When it was last changed.
    public var updatedAt: Date

    /// An active endpoint.
    public init(
        id: String, url: String, description: String = "", kinds: [WebhookKind]? = nil, dialects: [String]? = nil,
        secrets: [Secret], createdAt: Date
    ) {
        self.id = id
        self.url = url
        self.description = description
        self.kinds = kinds
        self.dialects = dialects
        self.secrets = secrets
        state = .active
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    /// Whether events of that kind and source are written for it.
    package func receives(_ kind: WebhookKind, from source: String) -> Bool {
        state != .disabled && (kinds ?? WebhookKind.standard).contains(kind) && dialects?.contains(source) ?? true
    }

    /// The secrets that sign at `date`.
    package func secrets(at date: Date) -> [String] {
        secrets.filter { $0.expiresAt.map { date < $0 } ?? true }.map(\.value)
    }
}

extension WebhookEndpoint {
    /// The endpoint as stores keep it.
    /// - Throws: nothing that happens: every value can be encoded.
    package var storedText: String {
        get throws {
            let encoder = JSONEncoder()
            // The same text for the same endpoint: copies of stores are compared.
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// The endpoint of ``storedText``.
    /// - Throws: `DecodingError` where the text is none.
    package init(storedText text: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }
}
