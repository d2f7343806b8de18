public import ChatBridge
import Foundation
import JSON
public import MediaModel

/// The verbs of the `intok` dialect. What they return is the dialect's answer, what they throw is a ``ChatError``. Whoever
/// is to be told is told through the outbox.
public struct IntokService: Sendable {
    /// What the dialect needs of whoever keeps and judges files.
    public struct Files: Sendable {
        /// Writes what shows a file that was taken.
        public typealias Show = @Sendable (MediaRecord) async throws -> Void

        /// Signs an address to write an object at, of that media type and that many bytes, for some seconds.
        public var uploadURL:
            @Sendable (_ key: String, _ contentType: String, _ size: Int, _ seconds: Int) async throws -> String
        /// Signs an address to read an object from, for some seconds.
        public var downloadURL: @Sendable (_ key: String, _ seconds: Int) async throws -> String
        /// Judges what a client has uploaded and hands what it is, under a key that no client can write, to whoever shows
        /// it. Throws why it is not taken, or what `show` throws; then nothing is left.
        public var take: @Sendable (_ ticket: PresignedUpload, _ show: @escaping Show) async throws -> Void
        /// Whether there is an object under a key.
        public var isStored: @Sendable (_ key: String) async throws -> Bool
        /// How clients reach this service, without a slash at the end.
        public var publicURL: String

        /// What the verbs need.
        public init(
            uploadURL: @escaping @Sendable (String, String, Int, Int) async throws -> String,
            downloadURL: @escaping @Sendable (String, Int) async throws -> String,
            take: @escaping @Sendable (PresignedUpload, @escaping Show) async throws -> Void,
            isStored: @escaping @Sendable (String) async throws -> Bool = { _ in true }, publicURL: String
        ) {
            self.uploadURL = uploadURL
            self.downloadURL = downloadURL
            self.take = take
            self.isStored = isStored
            self.publicURL = publicURL
        }
    }

    let chat: Chat
    let files: Files
    /// The dialect's limits.
    public let limits: IntokLimits

    /// The operations of the dialect over the core of all chats.
    public init(
        core: ChatCore, limits: IntokLimits = IntokLimits(), files: Files
    ) {
        self.limits = limits
        self.files = files
        chat = Chat(
            dialect: .intok, core: core,
            ids: DialectIDs.Prefixes(messages: "msg_", conversations: "conv_", media: "att_"),
            rules: limits.rules,
            // Messages name their files by key.
            urls: { $0 })
    }

    /// Messages as the dialect shows them to `viewer`.
    func render(_ messages: [ChatMessage], for viewer: String) async throws -> [JSONValue] {
        let context = try await chat.context(for: messages, viewer: viewer, users: [viewer])
        return messages.map {
            IntokMessage.json($0, context, viewer: viewer, previewLength: limits.previewLength)
        }
    }
}
