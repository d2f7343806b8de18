package import ChatBridge
package import Configuration
package import Realtime

/// A chat system's API: its routes and sockets, and how the outbox reaches its users. The program hands the service its
/// dialects; each is a target of its own and knows no other.
package protocol DialectModule: Sendable {
    /// Its name, as it is in paths and settings.
    static var dialect: Dialect { get }
    /// The settings that it alone has, in the order in which they are documented.
    static var settings: [Setting] { get }
    /// Which conversations of two are direct, where the chat server that provisions one does not say.
    static var directConversations: DirectConversationRule { get }
    /// Checks its settings before anything is started.
    /// - Throws: `SettingError` for the first that cannot be used.
    static func validate(_ reader: SettingsReader) throws(SettingError)

    /// How errors are written under its paths where no route writes them itself.
    var errors: any ErrorEnvelope { get }
    /// The outbox's way to its users.
    var notifier: any Notifier { get }
    /// Its connections.
    var realtime: any RealtimeServer { get }

    /// The dialect on the parts that all of them share.
    /// - Throws: `SettingError` when one of its settings cannot be used.
    init(_ context: DialectContext) throws(SettingError)
    /// Adds its routes, each as its reference names it.
    func mount(on routes: inout DialectRoutes)
}

extension DialectModule {
    package static var settings: [Setting] { [] }
    package static var directConversations: DirectConversationRule { .unlessNamed }
    package static func validate(_ reader: SettingsReader) throws(SettingError) {}
}

/// Which conversations of two users are *the* conversation of those two.
package enum DirectConversationRule: Sendable {
    case always
    case never
    /// Those without a name.
    case unlessNamed

    /// Whether one of this name is.
    package func isDirect(named name: String?) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .unlessNamed: name == nil
        }
    }
}
