public import Foundation

/// A page of a listing, in the order of the keys.
public struct ObjectPage: Sendable, Hashable {
    /// One object of the listing: what a store can say without opening it.
    public struct Entry: Sendable, Hashable {
        /// Its name.
        public let key: ObjectKey
        /// Its size in bytes.
        public let size: Int
        /// When it was completed.
        public let modified: Date
        /// Its entity tag, as in ``ObjectInfo/etag``.
        public let etag: String

        /// Creates an entry.
        public init(key: ObjectKey, size: Int, modified: Date, etag: String) {
            self.key = key
            self.size = size
            self.modified = modified
            self.etag = etag
        }
    }

    /// The objects, sorted by key.
    public let entries: [Entry]
    /// Names of objects in this part of the listing that are no ``ObjectKey``: they cannot be read here.
    public let unusableNames: [String]
    /// Where the next page begins: pass it as `after`. `nil` when this is the last.
    public let next: ObjectKey?

    /// The keys alone.
    public var keys: [ObjectKey] { entries.map(\.key) }

    /// Creates a page.
    public init(entries: [Entry], unusableNames: [String] = [], next: ObjectKey?) {
        self.entries = entries
        self.unusableNames = unusableNames
        self.next = next
    }
}
