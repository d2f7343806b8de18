import MediaModel
import Synchronization

/// An inspection that runs while the rest of its file arrives.
final class EarlyInspection: Sendable {
    private final class Outcome: Sendable {
        let result = Mutex<Result<Inspection, MediaError>?>(nil)
    }

    private let outcome: Outcome
    private let task: Task<Result<Inspection, MediaError>, Never>

    /// Starts the inspection.
    init(_ job: InspectionJob, workers: any MediaInspecting) {
        let outcome = Outcome()
        self.outcome = outcome
        task = Task {
            let result: Result<Inspection, MediaError>
            do throws(MediaError) { result = .success(try await workers.inspect(job)) } catch {
                result = .failure(error)
            }
            outcome.result.withLock { $0 = result }
            return result
        }
    }

    /// The result; `nil` while the inspection runs.
    var result: Result<Inspection, MediaError>? { outcome.result.withLock { $0 } }

    /// Waits for the result.
    func value() async -> Result<Inspection, MediaError> { await task.value }

    /// Cancels the inspection; its result is an error then.
    func cancel() { task.cancel() }
}
