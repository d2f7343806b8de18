extension Task where Failure == Never {
    /// The value of the task, or `nil` where it takes longer than `time`. The task goes on then.
    public func value(within time: Duration) async -> Success? {
        let (results, continuation) = AsyncStream.makeStream(of: Success?.self)
        let waiting = Task<Void, Never> {
            continuation.yield(await value)
            continuation.finish()
        }
        let timer = Task<Void, Never> {
            // Cancelled when the value has come.
            try? await ContinuousClock().sleep(for: time)
            continuation.yield(nil)
        }
        defer {
            timer.cancel()
            waiting.cancel()
        }
        for await result in results { return result }
        return nil
    }
}
