import Bytes
import Concurrency
public import Logging
public import MediaModel

/// Inspects in processes of their own, each confined and with one file at a time: whatever a file does to the libraries that
/// read it costs one worker and one upload.
public final class ProcessPool: MediaInspecting {
    private let floor: JobDispatcher
    private let end: AsyncStream<Void>
    /// A worker dies with the thread that started it: each has one for as long as the pool lives.
    private let threads: ThreadPool

    private init(floor: JobDispatcher, end: AsyncStream<Void>, threads: ThreadPool) {
        self.floor = floor
        self.end = end
        self.threads = threads
    }

    deinit { floor.close() }

    /// Starts the workers and returns once each of them is confined and ready.
    ///
    /// Throws ``WorkerStartError/Reason/unconfined`` where the system offers no such confinement and the settings ask for
    /// it, and ``WorkerStartError/Reason/other`` for whatever else keeps a worker from starting.
    public static func start(
        _ settings: ProcessPoolSettings, logger: Logger
    ) async throws(WorkerStartError) -> ProcessPool {
        var bells: [EventFD] = []
        do throws(SystemError) {
            for _ in 0..<settings.workers { bells.append(try EventFD()) }
        } catch {
            throw WorkerStartError(reason: .other, description: "\(error)")
        }
        let floor = JobDispatcher(settings, bells: bells)
        let threads = ThreadPool(name: "worker-seat", threads: settings.workers)
        let (starts, started) = AsyncStream.makeStream(of: WorkerStartError?.self)
        let (end, ended) = AsyncStream.makeStream(of: Void.self)
        for (number, bell) in bells.enumerated() {
            let seat = WorkerSlot(number: number, floor: floor, settings: settings, bell: bell, logger: logger)
            threads.submit {
                seat.run { started.yield($0) }
                ended.yield()
            }
        }
        let pool = ProcessPool(floor: floor, end: end, threads: threads)
        var ready = 0
        for await failure in starts {
            if let failure { throw failure }
            ready += 1
            if ready == settings.workers { break }
        }
        return pool
    }

    /// Waits for a worker and has it inspect.
    ///
    /// Throws ``MediaError/Code/busy`` when too many wait, for too long, or no worker can be had;
    /// ``MediaError/Code/crashed`` and ``MediaError/Code/deadline`` when the file brought its worker down or kept it;
    /// ``MediaError/Code/interrupted`` when two workers in a row were ended from outside; ``MediaError/Code/cancelled`` when
    /// the task is cancelled, which frees the worker.
    public func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection {
        let (floor, id) = (floor, floor.newID())
        let result = await withCancellableContinuation { answer in
            floor.submit(PendingJob(job: job, answer: answer), id: id)
        } onCancel: {
            floor.cancel(id)
        }
        return try result.get()
    }

    /// What it has done, and how it stands.
    public var statistics: WorkerStatistics { floor.statistics }

    /// Ends the workers and returns when they are gone. Who still waits is answered with ``MediaError/Code/busy``.
    public func shutdown() async {
        let seats = floor.seats
        floor.close()
        var gone = 0
        for await _ in end {
            gone += 1
            if gone == seats { return }
        }
    }
}
