import Dispatch
import Synchronization

/// Runs the first part of a task on the thread that creates it: what precedes the task's first suspension has happened when its
/// initializer returns. For one task. (`Task.immediate` needs Swift 6.2.)
final class ImmediateStart: TaskExecutor {
    private let hasStarted = Mutex(false)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = hasStarted.withLock { hasStarted in
            defer { hasStarted = true }
            return !hasStarted
        }
        if isFirst {
            job.runSynchronously(on: asUnownedTaskExecutor())
        } else {
            DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}
