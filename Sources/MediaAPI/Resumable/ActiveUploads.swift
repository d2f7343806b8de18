/// The uploads that requests of this process work on, one request each. A request that comes ends the one before it: a client
/// whose connection has broken comes back before the server notices that.
actor ActiveUploads {
    private struct Request {
        let end: @Sendable () -> Void
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private var requests: [String: Request] = [:]

    /// Performs `operation` on the upload `id` as soon as no other request does.
    /// - Parameter end: called when another request waits: should end `operation` soon.
    nonisolated func perform<Result: Sendable>(
        on id: String, end: @escaping @Sendable () -> Void = {},
        _ operation: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        await enter(id, end)
        // What has arrived is stored although the client has gone, which cancels the request.
        let task = Task { try await operation() }
        let result = await task.result
        await leave(id)
        return try result.get()
    }

    private func enter(_ id: String, _ end: @escaping @Sendable () -> Void) async {
        while requests[id] != nil {
            requests[id]?.end()
            await withCheckedContinuation { requests[id]?.waiting.append($0) }
        }
        requests[id] = Request(end: end)
    }

    private func leave(_ id: String) {
        for continuation in requests.removeValue(forKey: id)?.waiting ?? [] { continuation.resume() }
    }
}
