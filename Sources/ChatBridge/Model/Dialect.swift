/// A dialect: the API of one of the chat systems that are served.
public struct Dialect: RawRepresentable, Sendable, Hashable, Codable {
    /// The name in paths and settings.
    public let rawValue: String
    /// A dialect by its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Direct messages between learners of languages: `/api/v1/messages`, Socket.IO.
    public static let bananatalk = Dialect(rawValue: "bananatalk")
    /// Chats with requests and blocks, media by ImageKit's upload API, Socket.IO.
    public static let imagekit = Dialect(rawValue: "imagekit")
    /// Uploads by presigned PUT, a WebSocket of `{action, data}`.
    public static let intok = Dialect(rawValue: "intok")
    /// Conversations and groups, a SignalR hub.
    public static let signalr = Dialect(rawValue: "signalr")
    /// Rooms that users create, Socket.IO; errors in Thai.
    public static let rooms = Dialect(rawValue: "rooms")

    /// Whether a conversation of two members is their direct one where that is not given.
    func isDirect(named name: String?) -> Bool {
        switch self {
        case .bananatalk: true
        case .rooms: false
        default: name == nil
        }
    }
}
