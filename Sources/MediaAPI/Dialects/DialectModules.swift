import ChatBridge

/// The chat systems that are served.
enum DialectModules {
    static let all: [any DialectModule.Type] = [
        BananatalkDialect.self, ImageKitDialect.self, IntokDialect.self, SignalRDialect.self, RoomsDialect.self,
    ]

    /// The one of that name, if there is one.
    static func named(_ dialect: Dialect) -> (any DialectModule.Type)? { all.first { $0.dialect == dialect } }
}
