/// The engines of the chat store, each of which keeps all of its promises.
package enum StoreEngine: String, Sendable, CaseIterable {
    case sqlite
    case mongodb
}
