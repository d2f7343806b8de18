public import ChatBridge
import Foundation
import JSON
public import MediaModel
public import ObjectStore
public import Translation

/// The operations of the `intok` dialect. They return the dialect's response and throw a ``ChatError``. Users are
/// notified through the outbox.
public struct IntokService: Sendable {
    /// The file operations that the dialect needs.
    public struct Files: Sendable {
        /// Stores the message or record that shows an accepted file.
        public typealias Show = @Sendable (MediaRecord) async throws -> Void

        /// Creates a presigned URL to upload an object of the given media type and size in bytes, valid for the given
        /// seconds.
        public var uploadURL:
            @Sendable (_ key: String, _ contentType: String, _ size: Int, _ seconds: Int) async throws -> String
        /// Creates a presigned URL to download an object, valid for the given seconds.
        public var downloadURL: @Sendable (_ key: String, _ seconds: Int) async throws -> String
        /// Validates what a client has uploaded and passes its record, under a key that clients cannot write, to
        /// `show`. Throws the reason for a rejection, or what `show` throws; then no copy of the file is kept.
        public var accept: @Sendable (_ upload: PresignedUpload, _ show: @escaping Show) async throws -> Void
        /// Performs an operation that uses so many bytes of a user.
        public typealias Counting =
            @Sendable (_ bytes: Int, _ user: String, _ operation: () async throws -> Void) async throws -> Void
        /// Performs an operation and counts the bytes of its direct upload for the user. Throws when they do not fit into the user's limit, and
        /// what the operation throws; then nothing is counted.
        public var count: Counting
        /// Asks whether the chat server accepts an upload that a request at a path asks for.
        public typealias Authorizing =
            @Sendable (_ upload: PresignedUpload, _ contentType: String, _ path: String) async throws -> Void
        /// See ``Authorizing``. Throws where it does not, or does not say.
        public var authorize: Authorizing
        /// Whether an object exists under a key.
        public var isStored: @Sendable (_ key: String) async throws -> Bool
        /// Copies a file whose bytes have all arrived to where a client would have uploaded it.
        public typealias Copying = @Sendable (_ source: ObjectKey, _ upload: PresignedUpload) async throws -> Void
        /// See ``Copying``.
        public var copy: Copying
        /// The public URL of this service, without a trailing slash.
        public var publicURL: String

        /// Creates the file operations.
        public init(
            uploadURL: @escaping @Sendable (String, String, Int, Int) async throws -> String,
            downloadURL: @escaping @Sendable (String, Int) async throws -> String,
            accept: @escaping @Sendable (PresignedUpload, @escaping Show) async throws -> Void,
            count: @escaping Counting = { _, _, operation in
                try await operation()
            },
            authorize: @escaping Authorizing = { _, _, _ in },
            isStored: @escaping @Sendable (String) async throws -> Bool = { _ in true },
            copy: @escaping Copying = { _, _ in }, publicURL: String
        ) {
            self.copy = copy
            self.uploadURL = uploadURL
            self.count = count
            self.authorize = authorize
            self.downloadURL = downloadURL
            self.accept = accept
            self.isStored = isStored
            self.publicURL = publicURL
        }
    }

    let chat: Chat
    let files: Files
    let translator: Translator
    let late = LateTranslations()
    /// Whether events for devices are made.
    let pushesEvents: Bool
    /// The dialect's limits.
    public let limits: IntokLimits

    /// Creates the operations of the dialect on top of the chat core.
    public init(
        core: ChatCore, limits: IntokLimits = IntokLimits(), files: Files, translator: Translator = .none,
        pushesEvents: Bool = false
    ) {
        self.limits = limits
        self.files = files
        self.translator = translator
        self.pushesEvents = pushesEvents
        chat = Chat(
            dialect: .intok, core: core,
            ids: DialectIDs.Prefixes(messages: "msg_", conversations: "conv_", media: "att_", users: "user_"),
            rules: limits.rules,
            // Messages refer to their files by key, so keys are not converted to URLs.
            urls: { $0 })
    }

    /// Renders messages for `viewer`.
    func render(_ messages: [ChatMessage], for viewer: String) async throws -> [JSONValue] {
        let context = try await chat.context(for: messages, viewer: viewer, users: [viewer])
        return messages.map {
            IntokMessage.json($0, context, viewer: viewer, previewLength: limits.previewLength)
        }
    }
}
