import ChatBridge

/// The names of the dialects that are served.
extension Dialect {
    static let bananatalk = Dialect(rawValue: "bananatalk")
    static let imagekit = Dialect(rawValue: "imagekit")
    static let intok = Dialect(rawValue: "intok")
    static let signalr = Dialect(rawValue: "signalr")
    static let rooms = Dialect(rawValue: "rooms")
}
