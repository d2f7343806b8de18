import ChatBridge

/// Names of dialects for tests that are about the core and the store: any name does.
extension Dialect {
    static let bananatalk = Dialect(rawValue: "bananatalk")
    static let imagekit = Dialect(rawValue: "imagekit")
    static let intok = Dialect(rawValue: "intok")
    static let signalr = Dialect(rawValue: "signalr")
    static let rooms = Dialect(rawValue: "rooms")
}
