/// The engines of the chat store, each of which keeps all of its promises.
package enum StoreEngine: String, Sendable, CaseIterable {
    case sqlite
    /// MongoDB with documents of the standard form.
    case mongodb
    /// MongoDB with documents of the chat systems' own models.
    case models
}
