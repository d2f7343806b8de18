/// A task that prefers a loop runs on its thread, between what the sockets want: for one that takes what the loop receives,
/// as long as it neither blocks nor computes for long.
extension EventLoop: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isPosted = post { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        // A task outlives the loop where it waits for something else when the server stops.
        if !isPosted { globalConcurrentExecutor.enqueue(job) }
    }
}
