import ChatBridge
import MediaAPI

#if DIALECT_BANANATALK
    import Bananatalk
#endif
#if DIALECT_IMAGEKIT
    import ImageKit
#endif
#if DIALECT_INTOK
    import Intok
#endif
#if DIALECT_SIGNALRCHAT
    import SignalRChat
#endif
#if DIALECT_ROOMS
    import Rooms
#endif

/// The dialects of this build, as listed in Package.swift.
enum DialectModules {
    static let all: [any DialectModule.Type] = {
        var all: [any DialectModule.Type] = []
        #if DIALECT_BANANATALK
            all.append(BananatalkDialect.self)
        #endif
        #if DIALECT_IMAGEKIT
            all.append(ImageKitDialect.self)
        #endif
        #if DIALECT_INTOK
            all.append(IntokDialect.self)
        #endif
        #if DIALECT_SIGNALRCHAT
            all.append(SignalRDialect.self)
        #endif
        #if DIALECT_ROOMS
            all.append(RoomsDialect.self)
        #endif
        return all
    }()

    /// The dialect named `name`, if there is one.
    static func named(_ name: String) -> (any DialectModule.Type)? { all.first { $0.dialect.rawValue == name } }
}
