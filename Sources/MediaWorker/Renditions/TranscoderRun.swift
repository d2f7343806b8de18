import Bytes
import Concurrency
import FFmpeg
import Logging
import MediaModel
import Synchronization

/// One worker process that makes one rendition.
final class TranscoderRun: Sendable {
    private let settings: ProcessPoolSettings
    private let order: TranscodeOrder
    private let source: any RangeReading
    private let output: SpoolFile
    private let logger: Logger
    private let event: EventFD
    private let isCancelled = Mutex(false)

    /// - Throws: ``SystemError`` where the process has no descriptor left.
    init(
        settings: ProcessPoolSettings, order: TranscodeOrder, source: any RangeReading, output: SpoolFile,
        logger: Logger
    ) throws(SystemError) {
        self.settings = settings
        self.order = order
        self.source = source
        self.output = output
        self.logger = logger
        event = try EventFD()
    }

    /// Ends the process, which may be done from any thread.
    func cancel() {
        isCancelled.withLock { $0 = true }
        event.signal()
    }

    /// Starts the process, and returns what it made when it has ended. Blocks the thread.
    func perform(_ onProgress: (Double) -> Void) -> Result<Transcoding, MediaError> {
        if isCancelled.withLock({ $0 }) { return .failure(.cancelled) }
        let worker: WorkerProcess
        do throws(WorkerStartError) {
            worker = try WorkerProcess(settings, event: event)
        } catch {
            logger.error("a worker process cannot be started", ["cause": error.description])
            return .failure(.noWorker)
        }
        defer { worker.end() }
        let end = ContinuousClock.now + .seconds(settings.longestJob + settings.grace)
        let deadline = InterruptibleDeadline(until: end, event: event, isPeerStopped: worker.isStopped) { [self] in
            isCancelled.withLock { $0 } ? .now : nil
        }
        do throws(IPCError) {
            if isCancelled.withLock({ $0 }) { return .failure(.cancelled) }
            return try worker.connection.transcode(
                order, of: source, to: output, deadline: deadline, onProgress: onProgress)
        } catch {
            return .failure(failure(error, worker))
        }
    }

    private func failure(_ error: IPCError, _ worker: WorkerProcess) -> MediaError {
        if isCancelled.withLock({ $0 }) { return .cancelled }
        let failure: WorkerFailure =
            switch error {
            case .stopped: .stalled
            case .deadline: .deadline
            case .malformed(let violation): .invalidResponse(violation)
            case .closed, .system: .exited
            }
        let exit = worker.end()
        logger.warning(
            "a worker process was lost with its rendition",
            ["why": "\(failure)", "how": exit.description, "bytes": "\(order.size)", "profile": order.profile.rawValue])
        // An encoder has much of its memory in use, unlike an inspection.
        let hadFilledMemory = worker.peakMemory > settings.memory / 8 * 7
        let decision = RetryDecision(failure, exit: exit, hadFilledMemory: hadFilledMemory, isFirstAttempt: false)
        guard case .failed(let error) = decision else { return .noWorker }
        return error
    }
}
