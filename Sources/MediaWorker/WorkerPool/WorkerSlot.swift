import Concurrency
import FFmpeg
import Glibc
import Logging
import MediaModel

/// A worker's place: a thread that starts a process, hands it one job after another, and replaces it when it is gone.
struct WorkerSlot: Sendable {
    /// How long a job that nobody waits for any more may go on before its worker is ended: most are done by then, and a new
    /// process costs more.
    private static let cancellationGrace = Duration.milliseconds(250)
    private static let (firstPause, longestPause) = (Duration.milliseconds(200), Duration.seconds(5))

    let number: Int
    let floor: JobDispatcher
    let settings: ProcessPoolSettings
    let bell: EventFD
    let logger: Logger

    /// Works until the floor closes. `started` hears how the first start went.
    func run(started: (WorkerStartError?) -> Void) {
        var pause = Self.firstPause
        var isFirst = true
        while !floor.isClosing {
            do throws(WorkerStartError) {
                let worker = try WorkerProcess(settings, bell: bell)
                floor.opened(number)
                if isFirst { started(nil) }
                let jobs = serve(worker)
                worker.end()
                floor.vacated(number)
                pause = jobs > 0 ? Self.firstPause : pause
                if jobs == 0 { rest(&pause) }
            } catch {
                floor.failed(number)
                if isFirst { return started(error) }
                logger.error("a worker process cannot be started", ["cause": error.description])
                rest(&pause)
            }
            isFirst = false
        }
    }

    /// Waits before the next start, longer each time, unless the floor closes.
    private func rest(_ pause: inout Duration) {
        let end = ContinuousClock.now + pause
        pause = min(pause * 2, Self.longestPause)
        while !floor.isClosing, ContinuousClock.now < end {
            var watched = pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&watched, 1, Int32(max(0, (end - .now) / .milliseconds(1)).rounded(.up))) > 0 { bell.clear() }
        }
    }

    /// Has the worker do jobs until it is gone, is to be renewed, or the floor closes. Returns how many it did.
    private func serve(_ worker: WorkerProcess) -> Int {
        var jobs = 0
        while jobs < settings.jobsBeforeRenewal {
            switch floor.turn(of: number) {
            case .leave: return jobs
            case .wait:
                guard wait(for: worker) else { return jobs }
            case .job(let entry):
                let began = ContinuousClock.now
                let outcome = JobExecution(seat: self, entry: entry, worker: worker).run()
                jobs += 1
                let seconds = (ContinuousClock.now - began) / .seconds(1)
                switch outcome {
                case .success(let result):
                    floor.finish(entry, seat: number, after: seconds, result)
                    // What is left of its memory may be in pieces.
                    if case .failure(let error) = result, error.code == .outOfMemory { return jobs }
                case .failure(let breach):
                    conclude(entry, breach, worker, after: seconds)
                    return jobs
                }
            }
        }
        floor.count { $0.renewals += 1 }
        return jobs
    }

    /// Waits for the bell. Returns whether the worker is still there: it has nothing to say now.
    private func wait(for worker: WorkerProcess) -> Bool {
        let patience = IPCSocket.InterruptibleDeadline(until: .now + .seconds(3600), bell: bell) { .now }
        do throws(IPCError) {
            try worker.socket.awaitWord(patience)
        } catch {
            return error == .deadline
        }
        let ending = worker.end()
        floor.count { $0.kills += 1 }
        logger.warning("an idle worker process has gone", ["how": ending.description])
        return false
    }

    private func conclude(
        _ entry: JobDispatcher.Entry, _ breach: WorkerFailure, _ worker: WorkerProcess, after seconds: Double
    ) {
        let ending = worker.end()
        // The system ends who has the most when memory is short.
        let hadFilledMemory = worker.peakMemory > settings.memory / 2
        floor.count { statistics in
            switch breach {
            case .exited where ending.isFromOutside, .stalled: statistics.kills += 1
            case .exited:
                statistics.crashes += 1
                if ending.isForbiddenCall { statistics.forbiddenCalls += 1 }
            case .invalidResponse: statistics.lies += 1
            case .deadline: statistics.deadlines += 1
            case .cancelled, .closing: break
            }
        }
        if breach != .cancelled && breach != .closing {
            logger.warning(
                "a worker process was lost with its job",
                [
                    "why": "\(breach)", "how": ending.description, "bytes": "\(entry.job.job.order.size)",
                    "depth": entry.job.job.order.depth.rawValue, "seconds": "\(seconds)",
                ])
        }
        let sequel = RetryDecision(
            breach, ending: ending, hadFilledMemory: hadFilledMemory, isFirstAttempt: entry.job.isFirstAttempt)
        switch sequel {
        case .again: floor.retry(entry, seat: number, after: seconds)
        case .failed(let error): floor.finish(entry, seat: number, after: seconds, .failure(error))
        }
    }

    /// When a job that is cancelled, or any once the floor closes, is to be over.
    func newDeadline(_ id: Int, _ old: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        if floor.isClosing { return .now }
        return floor.isCancelled(id) ? min(old, .now + Self.cancellationGrace) : nil
    }
}
