import Bytes
import Concurrency
public import Logging
public import MediaModel
import Tracing

/// Inspects files in worker processes, each confined and with one file at a time: whatever a file does to the libraries that read
/// it costs one worker and one upload.
///
/// The ``JobDispatcher`` schedules jobs; a ``WorkerSlot`` for each worker supervises a ``WorkerProcess`` and speaks to it over a
/// ``WorkerConnection``.
public final class ProcessPool: MediaInspecting {
    private let dispatcher: JobDispatcher
    private let ends: AsyncStream<Void>
    /// A worker dies with the thread that started it: each has a thread for as long as the pool lives.
    private let threads: ThreadPool

    private init(dispatcher: JobDispatcher, ends: AsyncStream<Void>, threads: ThreadPool) {
        self.dispatcher = dispatcher
        self.ends = ends
        self.threads = threads
    }

    deinit { dispatcher.close() }

    /// Starts the workers and returns once all of them are confined and ready.
    /// - Throws: ``WorkerStartError`` with ``WorkerStartError/Reason/unconfined`` where the system does not offer the
    ///   confinement that the settings require, and with ``WorkerStartError/Reason/other`` for any other failure.
    public static func start(
        _ settings: ProcessPoolSettings, logger: Logger
    ) async throws(WorkerStartError) -> ProcessPool {
        var events: [EventFD] = []
        do throws(SystemError) {
            for _ in 0..<settings.workers { events.append(try EventFD()) }
        } catch {
            throw WorkerStartError(reason: .other, description: "\(error)")
        }
        let dispatcher = JobDispatcher(settings, events: events)
        let threads = ThreadPool(name: "worker-slot", threads: settings.workers)
        let (starts, started) = AsyncStream.makeStream(of: WorkerStartError?.self)
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        for (number, event) in events.enumerated() {
            let slot = WorkerSlot(
                number: number, dispatcher: dispatcher, settings: settings, event: event, logger: logger)
            threads.submit {
                slot.run { started.yield($0) }
                ended.yield()
            }
        }
        let pool = ProcessPool(dispatcher: dispatcher, ends: ends, threads: threads)
        var ready = 0
        for await failure in starts {
            if let failure { throw failure }
            ready += 1
            if ready == settings.workers { break }
        }
        return pool
    }

    /// Waits for a worker and has it inspect the file.
    /// - Throws: the errors that ``MediaInspecting/inspect(_:)`` lists. ``MediaError/Code/busy`` when too many jobs wait, for
    ///   too long, or no worker can be started; ``MediaError/Code/crashed`` and ``MediaError/Code/deadline`` when the file
    ///   crashed its worker or occupied it for too long; ``MediaError/Code/interrupted`` when two workers in a row were
    ///   killed from outside; ``MediaError/Code/cancelled`` when the task is cancelled, which frees the worker.
    public func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection {
        let (dispatcher, id) = (dispatcher, dispatcher.newID())
        let span = Span.begin(
            "probe",
            attributes: ["darkroom.depth": .text("\(job.order.depth)"), "darkroom.size": .integer(job.order.size)])
        let result = await withCancellableContinuation { continuation in
            dispatcher.submit(PendingJob(job: job, continuation: continuation), id: id)
        } onCancel: {
            dispatcher.cancel(id)
        }
        switch result {
        case .success(let inspection):
            span?.set("darkroom.kind", .text(inspection.kind.rawValue))
            span?.end()
        case .failure(let error): span?.end(error: error.code.rawValue)
        }
        return try result.get()
    }

    /// The counters, and the current numbers of jobs and workers.
    public var statistics: WorkerStatistics { dispatcher.statistics }

    /// Ends the workers and returns when they have ended. Jobs that still wait fail with ``MediaError/Code/busy``.
    public func shutdown() async {
        let slots = dispatcher.slotCount
        dispatcher.close()
        var ended = 0
        for await _ in ends {
            ended += 1
            if ended == slots { return }
        }
    }
}
