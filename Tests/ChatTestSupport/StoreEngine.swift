/// The engines of the chat store, each of which keeps all of its promises.
package enum StoreEngine: String, Sendable, CaseIterable {
    case sqlite
    /// MongoDB with documents of the standard form.
    case mongodb
    /// MongoDB with the documents of one chat system's model, for the messages and conversations of all of them.
    case bananatalk, imagekit, intok, rooms, signalr
    /// MongoDB with documents of the chat systems' own models.
    case models

    /// All that keep the promises by themselves.
    package static var allCases: [StoreEngine] {
        [.sqlite, .mongodb, .bananatalk, .imagekit, .intok, .rooms, .signalr].filter(DialectDocuments.isBuilt)
    }
}
