public import Foundation
public import MediaModel

/// A picture of a ``StickerSet`` that users send as a message.
public struct Sticker: Sendable, Hashable, Codable {
    /// Unique within its set.
    public var id: String
    /// How it is shown, as the dialect names it.
    public var type: String
    /// What it is called; may be empty.
    public var name: String
    /// By which words it is found.
    public var tags: [String]
    /// Its file, whose ``MediaRecord/id`` is that of a ``MediaItem`` of the chat server.
    public var file: MediaRecord

    /// A sticker.
    public init(id: String, type: String, name: String = "", tags: [String] = [], file: MediaRecord) {
        self.id = id
        self.type = type
        self.name = name
        self.tags = tags
        self.file = file
    }
}

/// Stickers that belong together, which the chat server provides.
public struct StickerSet: Sendable, Hashable {
    /// What the chat server says of a set, and its stickers.
    public struct Content: Sendable, Hashable, Codable {
        /// What it is called.
        public var name: String
        /// A description, if it has one.
        public var description: String?
        /// By which lists of sets are filtered, if it has one.
        public var category: String?
        /// By which words it is found.
        public var tags: [String]
        /// Its stickers, in the order in which they were added.
        public var stickers: [Sticker]

        /// The content of a set.
        public init(
            name: String, description: String? = nil, category: String? = nil, tags: [String] = [],
            stickers: [Sticker] = []
        ) {
            self.name = name
            self.description = description
            self.category = category
            self.tags = tags
            self.stickers = stickers
        }
    }

    /// Unique within the dialect.
    public var id: String
    /// The dialect that it belongs to.
    public var dialect: Dialect
    /// What it is called, and its stickers.
    public var content: Content
    /// When it was made.
    public var createdAt: Date
    /// When it last changed.
    public var updatedAt: Date

    /// A set.
    public init(id: String, dialect: Dialect, content: Content, createdAt: Date, updatedAt: Date) {
        self.id = id
        self.dialect = dialect
        self.content = content
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// A sticker of the set by its ID; `nil` when it has none of that ID.
    public func sticker(_ id: String) -> Sticker? { content.stickers.first { ChatIdentifier.areSame($0.id, id) } }

    /// The text in which a search finds the set and its stickers, in the form in which a search compares texts.
    package var searchText: String {
        let own = [content.name, content.description ?? ""] + content.tags
        let all = own + content.stickers.map { ([$0.name] + $0.tags).joined(separator: "\n") }
        return SearchText.folded(all.joined(separator: "\n"))
    }

    /// Those of its stickers whose name or tags have every word of `words`, or of which the set's own name, description or tags
    /// do.
    public func stickers(with words: StickerWords) -> [Sticker] {
        let own = SearchText.folded(
            ([content.name, content.description ?? ""] + content.tags).joined(separator: "\n"))
        return content.stickers.filter { sticker in
            let text = own + "\n" + SearchText.folded(([sticker.name] + sticker.tags).joined(separator: "\n"))
            return words.folded.allSatisfy(text.contains)
        }
    }
}

/// The words of a search for stickers, each of which is any part of a text.
public struct StickerWords: Sendable, Hashable {
    /// The words in the form in which a search compares texts.
    package let folded: [String]

    /// The words of `text`; of more than 64 the first in their order.
    public init(_ text: String) { folded = Array(SearchText.words(text).prefix(SearchText.maximumWords)) }
}

/// Which sticker sets a list has.
public struct StickerSetFilter: Sendable, Hashable {
    /// Those of this category; `nil` for all.
    public var category: String?
    /// Those in which all of these words are found.
    public var words = StickerWords("")
    /// Those of these IDs; `nil` for all.
    public var ids: Set<String>?

    /// All sets.
    public init(category: String? = nil, words: StickerWords = StickerWords(""), ids: Set<String>? = nil) {
        self.category = category
        self.words = words
        self.ids = ids
    }
}
