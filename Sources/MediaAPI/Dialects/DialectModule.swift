package import ChatBridge
package import ChatDocuments
package import Configuration
package import OpenAPI
package import Realtime

/// The API of a chat system: its routes and sockets, and delivery of outbox entries to its users. The program passes
/// its dialects to the service; each is a target of its own and does not depend on other dialects.
package protocol DialectModule: Sendable {
    /// The name of the dialect in paths and settings.
    static var dialect: Dialect { get }
    /// The settings that are specific to the dialect, in the order in which they are documented.
    static var settings: [Setting] { get }
    /// Which conversations of two users are direct when the chat server that provisions one does not specify it.
    static var directConversations: DirectConversationRule { get }
    /// Whether a group is deleted, with its messages, when its last member leaves it or is deleted.
    static var deletesEmptyGroups: Bool { get }
    /// Its socket and the events of it, as ``DescriptionRoutes`` describes them.
    static var socket: ChannelDescription { get }
    /// How its messages and conversations are documents, where the chat store keeps documents.
    /// - Parameter media: how documents name the objects of messages.
    static func documents(media: MediaURLs) -> any DocumentModel
    /// Makes the events for a message that the service deletes for everyone, because its sender is deleted with their media. By default none:
    /// members see that it is deleted when they read it again.
    static func deletionEvents(_ message: ChatMessage) -> [OutboxDraft]
    /// Validates the settings of the dialect before anything is started.
    /// - Throws: `SettingError` for the first setting that is not valid.
    static func validate(_ reader: SettingsReader) throws(SettingError)

    /// The envelope of errors under the dialect's paths, unless a route has its own.
    var errors: any ErrorEnvelope { get }
    /// Delivers outbox entries to the dialect's users.
    var notifier: any Notifier { get }
    /// The connections of the dialect.
    var realtime: any RealtimeServer { get }
    /// Makes the events for the deletion of a message whose time is over; `nil` where no message has such a time.
    var selfDestructEvents: DueMessageDeleter.Events? { get }
    /// Makes the events for devices of its entries of ``OutboxDraft/Audience/devices``; `nil` where it has none.
    var pushEvents: PushDeliverer.Event? { get }
    /// What resumable uploads of the dialect end in; `nil` where it has none.
    var resumableCall: (any ResumableCall)? { get }

    /// Creates the dialect from the shared dependencies.
    /// - Throws: `SettingError` when one of its settings is not valid.
    init(_ context: DialectContext) throws(SettingError)
    /// Adds the routes of the dialect, with the paths of its reference.
    func mount(on routes: inout DialectRoutes)
}

extension DialectModule {
    package static var settings: [Setting] { [] }
    package static var directConversations: DirectConversationRule { .unlessNamed }
    package static var deletesEmptyGroups: Bool { false }
    package static func documents(media: MediaURLs) -> any DocumentModel { StandardModel(dialect) }
    package static func deletionEvents(_ message: ChatMessage) -> [OutboxDraft] { [] }
    package static func validate(_ reader: SettingsReader) {}
    package var selfDestructEvents: DueMessageDeleter.Events? { nil }
    package var pushEvents: PushDeliverer.Event? { nil }
    package var resumableCall: (any ResumableCall)? { nil }
}

/// Which conversations of two users are treated as their direct conversation.
package enum DirectConversationRule: Sendable {
    case always
    case never
    /// Conversations without a name.
    case unlessNamed

    /// Whether a conversation with this name is direct.
    package func isDirect(named name: String?) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .unlessNamed: name == nil
        }
    }
}
