import JSON

extension Chat {
    /// Notes that notifications for the caller can be pushed to a device. If it was another user's, it is theirs no more.
    /// - Parameter limit: how many devices a user may have.
    /// - Throws: ``ChatError`` with code `limitReached` when the caller has that many others; `unavailable` when the store does
    ///   not answer.
    public func registerDevice(_ token: String, platform: String, of caller: ChatCaller, limit: Int) async throws {
        let device = UserRecord(
            dialect: dialect, kind: .device, key: token, user: caller.id, value: ["platform": .string(platform)],
            createdAt: timestamp)
        guard try await store.upsertRecord(device, limit: limit) else {
            throw ChatError(.limitReached, "A user has at most \(limit) devices: unregister one")
        }
    }

    /// Removes a device of the caller, or with `nil` all of theirs.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func unregisterDevice(_ token: String?, of caller: ChatCaller) async throws {
        try await store.deleteRecords(.device, key: token, of: caller.id, in: dialect)
    }
}
