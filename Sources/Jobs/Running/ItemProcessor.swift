import ChatBridge
import Logging

/// Processes one item and ends it in the store.
struct ItemProcessor: Sendable {
    /// How an item was ended.
    struct Result: Sendable {
        /// How it was ended.
        let end: MediaJobItem.End
        /// Its state now; `nil` when it was not its holder's any more: nothing was changed.
        let state: MediaJobItem.State?
    }

    let store: any MediaJobStore
    let reprocessor: Reprocessor
    /// The maximum number of attempts after temporary errors.
    let attempts: Int
    let logger: Logger

    /// Processes `item` according to `request`. When the task is cancelled, the item is requeued.
    /// - Throws: `ChatError` when the store is not available; the item is its holder's still.
    func process(_ item: MediaJobItem, _ request: MediaJobRequest) async throws -> Result {
        let outcome = await reprocessor.process(item, request)
        let result: Result
        do {
            result = Result(
                end: outcome.end, state: try await store.end(item, outcome.end, change: outcome.change))
            if result.state == nil { await reprocessor.discard(outcome.change) }
        } catch {
            await reprocessor.discard(outcome.change)
            // The item is ended again without the change that could not be stored; when that fails too, the store is not
            // available.
            let end = item.end(after: error, attempts: attempts)
            result = Result(end: end, state: try await store.end(item, end, change: nil))
        }
        if result.state == .failed, case .failed(let reason) = result.end {
            logger.debug(
                "an object was not reprocessed",
                ["job": item.job, "object": item.object, "code": reason.code, "cause": reason.message])
        }
        return result
    }
}
