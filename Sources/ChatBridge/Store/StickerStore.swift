import MediaModel

/// Sticker sets, which the chat server provides. For errors see ``ChatStore``.
public protocol StickerStore: Sendable {
    /// Creates, changes or deletes a set in one transaction. The media of stickers that it has no longer are deleted; messages that
    /// show them keep theirs. With a set the records of the users who have added it to theirs are deleted.
    /// - Parameters:
    ///   - media: the file of a sticker that is added, which is saved in the same transaction.
    ///   - change: changes the set, which is `nil` where there is none and to delete it. `count` is how many sets the dialect has.
    ///     What it throws is thrown, and nothing is changed then.
    /// - Returns: what the set is now; `nil` where there is none.
    /// - Throws: ``StoreError/mediaExists``, ``StoreError/objectDeleted``; ``StoreError/unavailable``; what `change` throws.
    func updateStickerSet(
        _ id: String, in dialect: Dialect, adding media: MediaItem?,
        change: @escaping @Sendable (_ set: inout StickerSet?, _ count: Int) throws -> Void
    ) async throws -> StickerSet?
    /// A set by its ID; `nil` where there is none.
    /// - Throws: ``StoreError/unavailable``.
    func stickerSet(_ id: String, in dialect: Dialect) async throws -> StickerSet?
    /// A page of the sets that `filter` selects, the newest first, and how many there are on all pages.
    /// - Parameter page: counts from 1.
    /// - Throws: ``StoreError/unavailable``.
    func stickerSets(in dialect: Dialect, filter: StickerSetFilter, page: Int, limit: Int) async throws
        -> ([StickerSet], total: Int)
}

extension StickerSet {
    /// The media of the stickers that the set `former` had and this one, or none, has no longer.
    package static func removedMedia(from former: StickerSet?, to set: StickerSet?) -> [String] {
        let kept = Set((set?.content.stickers ?? []).compactMap(\.file.id))
        return (former?.content.stickers ?? []).compactMap(\.file.id).filter { !kept.contains($0) }
    }
}
