import ObjectStore

/// The sizes of the objects of a store, asked for in the order of their keys.
struct ObjectSizes {
    private let store: any ObjectStore
    private var page: [ObjectPage.Entry] = []
    private var index = 0
    private var next: ObjectKey?
    private var isAtEnd = false

    init(of store: any ObjectStore) { self.store = store }

    /// The size of an object, whose key is greater than all that were asked for before; `nil` where there is none.
    mutating func size(of key: ObjectKey) async throws -> Int? {
        while true {
            while index < page.count, page[index].key < key { index += 1 }
            if index < page.count { return page[index].key == key ? page[index].size : nil }
            guard !isAtEnd else { return nil }
            let loaded = try await store.list(prefix: "", after: next, limit: 1_000)
            (page, index, next, isAtEnd) = (loaded.entries, 0, loaded.next, loaded.next == nil)
        }
    }
}
