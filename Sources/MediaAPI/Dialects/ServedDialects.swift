import ChatBridge

/// The chat systems that are served.
enum ServedDialects {
    static let all: [any ServedDialect.Type] = [
        BananatalkDialect.self, ImageKitDialect.self, IntokDialect.self, SignalRDialect.self, RoomsDialect.self,
    ]

    /// The one of that name, if there is one.
    static func named(_ dialect: Dialect) -> (any ServedDialect.Type)? { all.first { $0.dialect == dialect } }
}
