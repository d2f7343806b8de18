public import ChatBridge

extension MongoDBChatStore {
    /// See ``StickerStore``.
    public func updateStickerSet(
        _ id: String, in dialect: Dialect, adding media: MediaItem?,
        change: @escaping @Sendable (_ set: inout StickerSet?, _ count: Int) throws -> Void
    ) async throws -> StickerSet? {
        let step = IdempotentStep.next("sticker_set")
        return try await transact { transaction in
            try transaction.once(step) { _ in
                try transaction.stickerSet(id, in: dialect)
            } make: {
                (try transaction.updateStickerSet(id, in: dialect, adding: media, change: change), [id], [])
            }
        }
    }

    /// See ``StickerStore``.
    public func stickerSet(_ id: String, in dialect: Dialect) async throws -> StickerSet? {
        try await read { try $0.stickerSet(id, in: dialect) }
    }

    /// See ``StickerStore``.
    public func stickerSets(in dialect: Dialect, filter: StickerSetFilter, page: Int, limit: Int) async throws
        -> ([StickerSet], total: Int)
    {
        try await read { try $0.stickerSets(in: dialect, filter: filter, page: page, limit: limit) }
    }
}
