import CLinux
import CUV
import Concurrency
import Glibc
import Synchronization

/// A libuv loop on a thread of its own.
// Sendable: `loop`, `wakeup` and `timer` are touched on the loop's thread alone, but for `uv_async_send`, which libuv
// allows from any thread and which the lock around `jobs` keeps from running after the handle is closed. `onTick` is
// set before the thread starts.
final class EventLoop: @unchecked Sendable {
    let loop: UnsafeMutablePointer<uv_loop_t>
    private let wakeup: UnsafeMutablePointer<uv_async_t>
    private let timer: UnsafeMutablePointer<uv_timer_t>
    private let name: String
    private let jobs = Mutex(Jobs())
    private var onTick: () -> Void = {}
    /// The time between two ticks, in milliseconds.
    static let tickInterval: UInt64 = 250

    /// How many rounds of jobs that were posted by jobs run before sockets are polled again.
    private static let rounds = 16

    private struct Jobs {
        var waiting: [@Sendable () -> Void] = []
        /// The loop's thread, while it is in a callback that ends with the jobs: they need no wake-up then.
        var thread: pthread_t?
        var isStopped = false
    }

    init(name: String) {
        self.name = name
        loop = .allocate(capacity: 1)
        wakeup = .allocate(capacity: 1)
        timer = .allocate(capacity: 1)
        precondition(uv_loop_init(loop) == 0, "the system has no epoll descriptor left")
    }

    deinit {
        loop.deallocate()
        wakeup.deallocate()
        timer.deallocate()
    }

    /// The loop's clock: milliseconds, read once per wake-up.
    var now: UInt64 { uv_now(loop) }

    /// Starts the thread; `onTick` runs on it every ``tickInterval``. The loop keeps itself alive until it is stopped.
    func start(onTick: @escaping () -> Void) {
        self.onTick = onTick
        let context = Unmanaged.passRetained(self).toOpaque()
        wakeup.pointee.data = context
        timer.pointee.data = context
        uv_async_init(loop, wakeup) { handle in
            handle.map { Unmanaged<EventLoop>.fromOpaque($0.pointee.data).takeUnretainedValue() }?.perform {}
        }
        wakeup.pointee.data = context
        uv_timer_init(loop, timer)
        timer.pointee.data = context
        uv_timer_start(
            timer,
            { handle in
                handle.map { Unmanaged<EventLoop>.fromOpaque($0.pointee.data).takeUnretainedValue() }?.onTick()
            }, Self.tickInterval, Self.tickInterval)
        startThread(name: name, stackSize: 1 << 20) { self.run() }
    }

    private func run() {
        darkroom_block_sigpipe()
        uv_run(loop, UV_RUN_DEFAULT)
        uv_loop_close(loop)
        onTick = {}
        Unmanaged.passUnretained(self).release()
    }

    /// Runs `job` on the loop's thread. Returns `false`, and does not run it, once the loop is stopped.
    @discardableResult
    func post(_ job: @escaping @Sendable () -> Void) -> Bool {
        jobs.withLock { jobs in
            guard !jobs.isStopped else { return false }
            jobs.waiting.append(job)
            if jobs.waiting.count == 1, jobs.thread != pthread_self() { uv_async_send(wakeup) }
            return true
        }
    }

    /// Runs `job` on the loop's thread after so many milliseconds. The loop must not be stopped before.
    func post(after delay: UInt64, _ job: @escaping @Sendable () -> Void) {
        post {
            let timer = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
            uv_timer_init(self.loop, timer)
            timer.pointee.data = Unmanaged.passRetained(DelayedJob(loop: self, work: job)).toOpaque()
            uv_timer_start(
                timer,
                { handle in
                    guard let handle else { return }
                    let job = Unmanaged<DelayedJob>.fromOpaque(handle.pointee.data).takeRetainedValue()
                    uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) {
                        $0?.deallocate()
                    }
                    job.loop.perform(job.work)
                }, delay, 0)
        }
    }

    private final class DelayedJob: Sendable {
        let loop: EventLoop
        let work: @Sendable () -> Void

        init(loop: EventLoop, work: @escaping @Sendable () -> Void) {
            self.loop = loop
            self.work = work
        }
    }

    /// Runs a libuv callback, and right after it the jobs that it posted: what was just received is still in the
    /// processor's cache. Must be called on the loop's thread.
    func perform(_ callback: () -> Void) {
        jobs.withLock { $0.thread = pthread_self() }
        callback()
        runJobs()
    }

    /// Ends the thread once the jobs posted before have run and nothing is open on the loop.
    func stop() {
        post {
            self.jobs.withLock { $0.isStopped = true }
            for handle in [UnsafeMutableRawPointer(self.wakeup), UnsafeMutableRawPointer(self.timer)] {
                uv_close(handle.assumingMemoryBound(to: uv_handle_t.self), nil)
            }
            // Jobs that were posted between the last wake-up and the stop.
            self.runJobs()
        }
    }

    private func runJobs() {
        for round in 0...Self.rounds {
            let batch = jobs.withLock { jobs in
                var batch: [@Sendable () -> Void] = []
                if jobs.waiting.isEmpty || round == Self.rounds {
                    jobs.thread = nil
                    if !jobs.waiting.isEmpty { uv_async_send(wakeup) }
                } else {
                    swap(&batch, &jobs.waiting)
                }
                return batch
            }
            if batch.isEmpty { return }
            for job in batch { job() }
        }
    }
}
