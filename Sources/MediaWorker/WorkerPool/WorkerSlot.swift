import Concurrency
import FFmpeg
import Glibc
import Logging
import MediaModel

/// Supervises one worker process at a time: a thread that starts it, gives it one job after another, and replaces it when it has
/// ended.
struct WorkerSlot: Sendable {
    /// How long a cancelled job may continue before its worker is ended: most jobs finish within that time, and a new process
    /// costs more.
    private static let cancellationGrace = Duration.milliseconds(250)
    private static let (firstBackoff, longestBackoff) = (Duration.milliseconds(200), Duration.seconds(5))
    /// The share of a processor below which a worker counts as kept from working.
    private static let stalledShare = 0.25

    let number: Int
    let dispatcher: JobDispatcher
    let settings: ProcessPoolSettings
    /// Signalled when there is a job, a cancellation, or the pool closes.
    let event: EventFD
    let logger: Logger

    /// Runs until the dispatcher closes. `onFirstStart` receives the result of the first start.
    func run(onFirstStart: (WorkerStartError?) -> Void) {
        var backoff = Self.firstBackoff
        var isFirst = true
        while !dispatcher.isClosing {
            do throws(WorkerStartError) {
                let worker = try WorkerProcess(settings, event: event)
                dispatcher.workerStarted(number)
                if isFirst { onFirstStart(nil) }
                let jobs = serve(worker)
                worker.end()
                dispatcher.workerEnded(number)
                backoff = jobs > 0 ? Self.firstBackoff : backoff
                if jobs == 0 { pause(&backoff) }
            } catch {
                dispatcher.workerStartFailed(number)
                if isFirst { return onFirstStart(error) }
                logger.error("a worker process cannot be started", ["cause": error.description])
                pause(&backoff)
            }
            isFirst = false
        }
    }

    /// Waits before the next start, longer each time, unless the dispatcher closes.
    private func pause(_ backoff: inout Duration) {
        let end = ContinuousClock.now + backoff
        backoff = min(backoff * 2, Self.longestBackoff)
        while !dispatcher.isClosing, ContinuousClock.now < end {
            var polled = pollfd(fd: event.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&polled, 1, Int32(max(0, (end - .now) / .milliseconds(1)).rounded(.up))) > 0 { event.clear() }
        }
    }

    /// Gives the worker jobs until it has ended, is to be replaced, or the dispatcher closes. Returns how many it had.
    private func serve(_ worker: WorkerProcess) -> Int {
        var jobs = 0
        while jobs < settings.jobsBeforeRenewal {
            switch dispatcher.nextAction(for: number) {
            case .exit: return jobs
            case .wait:
                guard waitForEvent(worker) else { return jobs }
            case .run(let entry):
                jobs += 1
                guard execute(entry, worker) else { return jobs }
            }
        }
        dispatcher.count { $0.replaced += 1 }
        return jobs
    }

    /// Waits for the slot's event. Returns whether the worker still runs: it sends nothing while it is idle.
    private func waitForEvent(_ worker: WorkerProcess) -> Bool {
        let deadline = InterruptibleDeadline(until: .now + .seconds(3600), event: event, whenSignalled: { .now })
        do throws(IPCError) {
            try worker.connection.socket.waitUntilReadable(deadline)
        } catch {
            return error == .deadline
        }
        let exit = worker.end()
        dispatcher.count { $0.killed += 1 }
        logger.warning("an idle worker process has ended", ["how": exit.description])
        return false
    }

    /// Has the worker do a job. Returns whether the worker can do another one.
    private func execute(_ entry: JobDispatcher.Entry, _ worker: WorkerProcess) -> Bool {
        var job = entry.job.job
        job.order.policy.deadline = min(job.order.policy.deadline, settings.longestJob)
        let end = ContinuousClock.now + .seconds(job.order.policy.deadline + settings.grace)
        let deadline = InterruptibleDeadline(until: end, event: event, isPeerStopped: worker.isStopped) {
            if dispatcher.isClosing { return .now }
            return dispatcher.isCancelled(entry.id) ? min(end, .now + Self.cancellationGrace) : nil
        }
        let (began, processorTime) = (ContinuousClock.now, worker.processorTime)
        do throws(IPCError) {
            let result = try worker.connection.inspect(job, deadline: deadline)
            dispatcher.finish(entry, slot: number, after: (ContinuousClock.now - began) / .seconds(1), result)
            // What is left of the worker's address space may be fragmented.
            if case .failure(let error) = result { return error.code != .outOfMemory }
            return true
        } catch {
            let elapsed = ContinuousClock.now - began
            let isStalled = worker.processorTime - processorTime < elapsed * Self.stalledShare
            let failure = failure(error, entry.id, isStalled: isStalled)
            handleFailure(entry, failure, worker, after: elapsed / .seconds(1))
            return false
        }
    }

    private func failure(_ error: IPCError, _ id: Int, isStalled: Bool) -> WorkerFailure {
        switch error {
        case .stopped: .stalled
        case .deadline where dispatcher.isClosing: .closing
        case .deadline where dispatcher.isCancelled(id): .cancelled
        case .deadline: isStalled ? .stalled : .deadline
        case .malformed(let violation): .invalidResponse(violation)
        case .closed, .system: .exited
        }
    }

    private func handleFailure(
        _ entry: JobDispatcher.Entry, _ failure: WorkerFailure, _ worker: WorkerProcess, after seconds: Double
    ) {
        let exit = worker.end()
        // Where memory is short, the kernel kills the process that uses the most.
        let hadFilledMemory = worker.peakMemory > settings.memory / 2
        dispatcher.count { statistics in
            switch failure {
            case .exited where exit.isFromOutside, .stalled: statistics.killed += 1
            case .exited:
                statistics.crashes += 1
                if exit.isForbiddenCall { statistics.forbiddenCalls += 1 }
            case .invalidResponse: statistics.invalidResponses += 1
            case .deadline: statistics.missedDeadlines += 1
            case .cancelled, .closing: break
            }
        }
        if failure != .cancelled && failure != .closing {
            logger.warning(
                "a worker process was lost with its job",
                [
                    "why": "\(failure)", "how": exit.description, "bytes": "\(entry.job.job.order.size)",
                    "depth": entry.job.job.order.depth.rawValue, "seconds": "\(seconds)",
                ])
        }
        let decision = RetryDecision(
            failure, exit: exit, hadFilledMemory: hadFilledMemory, isFirstAttempt: entry.job.isFirstAttempt)
        switch decision {
        case .retry: dispatcher.retry(entry, slot: number, after: seconds)
        case .failed(let error): dispatcher.finish(entry, slot: number, after: seconds, .failure(error))
        }
    }
}
