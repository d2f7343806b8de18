package import ChatBridge
package import ChatDocuments
package import ChatStoreMongoDB

#if DIALECT_BANANATALK
    import Bananatalk
#endif
#if DIALECT_IMAGEKIT
    import ImageKit
#endif
#if DIALECT_INTOK
    import Intok
#endif
#if DIALECT_ROOMS
    import Rooms
#endif
#if DIALECT_SIGNALRCHAT
    import SignalRChat
#endif

/// The models of the chat systems that this build speaks.
package enum DialectDocuments {
    private typealias Model = @Sendable (MediaURLs, Dialect) -> any DocumentModel

    // Swift 6.0 takes closures in subscript assignments for ones that are not sendable, unless they say so.
    private static let models: [StoreEngine: Model] = {
        var models: [StoreEngine: Model] = [:]
        #if DIALECT_BANANATALK
            models[.bananatalk] = { @Sendable media, dialect in BananatalkDocuments(media: media, dialect: dialect) }
        #endif
        #if DIALECT_IMAGEKIT
            models[.imagekit] = { @Sendable media, dialect in ImageKitDocuments(media: media, dialect: dialect) }
        #endif
        #if DIALECT_INTOK
            models[.intok] = { @Sendable media, dialect in IntokDocuments(media: media, dialect: dialect) }
        #endif
        #if DIALECT_ROOMS
            models[.rooms] = { @Sendable media, dialect in RoomsDocuments(media: media, dialect: dialect) }
        #endif
        #if DIALECT_SIGNALRCHAT
            models[.signalr] = { @Sendable media, dialect in SignalRDocuments(media: media, dialect: dialect) }
        #endif
        return models
    }()

    /// The databases of all dialects, each with its own model.
    package static func databases(prefix: String, media: MediaURLs = MediaURLs()) -> [DialectDatabase] {
        models.sorted { $0.key.rawValue < $1.key.rawValue }.map { name, model in
            var database = DialectDatabase(
                model(media, Dialect(rawValue: name.rawValue)), name: prefix + name.rawValue)
            if database.model.hasPolls { database.collections.polls = "polls" }
            return database
        }
    }

    /// The model of an engine, for documents of any dialect; `nil` for engines without one.
    package static func model(_ engine: StoreEngine, of dialect: Dialect) -> (any DocumentModel)? {
        models[engine]?(MediaURLs(), dialect)
    }

    /// Whether this build has what an engine needs.
    package static func isBuilt(_ engine: StoreEngine) -> Bool {
        switch engine {
        case .sqlite, .mongodb, .models: true
        default: models[engine] != nil
        }
    }
}
