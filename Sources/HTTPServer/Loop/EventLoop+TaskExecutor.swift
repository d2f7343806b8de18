/// A task that prefers a loop runs on its thread, between socket events: for a task that reads what the loop receives and
/// neither blocks nor computes for long.
extension EventLoop: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isPosted = post { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        // A task that waits for something else may outlive the loop when the server stops.
        if !isPosted { globalConcurrentExecutor.enqueue(job) }
    }
}
