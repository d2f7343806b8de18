/// How worker processes are started, confined and replaced.
public struct ProcessPoolSettings: Sendable {
    /// The program that becomes a worker when it is started with ``WorkerMain/argument``.
    public var program: String
    /// The number of workers.
    public var workers: Int
    /// How many workers inspections of stored objects may not occupy, so that uploads find one: a worker that waits for bytes
    /// of the object store can do nothing else. Inspections of stored objects may always use one worker.
    public var workersForUploads: Int
    /// The maximum number of jobs that wait for a worker.
    public var maximumWaiting: Int
    /// The longest time that a job may wait for a worker, in seconds.
    public var longestWait: Double
    /// The longest time that a worker may spend on a job, in seconds, even if the job's own policy allows more.
    public var longestJob: Double
    /// How long after a job's deadline its worker is ended, in seconds: a worker that works as it should has responded by then.
    public var grace: Double
    /// The limit of a worker's address space, in bytes (setrlimit(2), RLIMIT_AS).
    public var memory: Int
    /// The number of jobs after which a worker is replaced.
    public var jobsBeforeRenewal: Int
    /// Whether workers are confined by a filter of system calls; where none is available the pool does not start.
    public var isConfined: Bool
    /// How much later than others the workers get a processor (nice(2)), from 0 to 19.
    public var niceness = 0
    /// Whether the workers may start threads.
    public var mayStartThreads = false
    /// The processor time of a worker in seconds; `nil` for more than its jobs can use.
    public var processorSeconds: Int?

    /// Creates settings. The default of `program` is the running program itself.
    public init(
        program: String = "/proc/self/exe", workers: Int, workersForUploads: Int = 1, maximumWaiting: Int = 256,
        longestWait: Double = 60, longestJob: Double = 30, grace: Double = 3, memory: Int = 2 << 30,
        jobsBeforeRenewal: Int = 1000, isConfined: Bool = true
    ) {
        self.program = program
        self.workers = workers
        self.workersForUploads = workersForUploads
        self.maximumWaiting = maximumWaiting
        self.longestWait = longestWait
        self.longestJob = longestJob
        self.grace = grace
        self.memory = memory
        self.jobsBeforeRenewal = jobsBeforeRenewal
        self.isConfined = isConfined
    }

    /// The number of workers that stored objects may occupy at once.
    var storedLimit: Int { max(1, workers - workersForUploads) }

    var sandbox: SandboxConfiguration {
        // More processor time than a correct worker can use in its life.
        let seconds = (longestJob + grace) * Double(jobsBeforeRenewal) + 60
        return SandboxConfiguration(
            memory: memory, processorSeconds: processorSeconds ?? Int(min(seconds.rounded(.up), 1e9)),
            isConfined: isConfined, mayStartThreads: mayStartThreads)
    }
}
