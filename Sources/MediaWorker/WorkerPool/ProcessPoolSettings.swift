/// How worker processes are started, confined and renewed.
public struct ProcessPoolSettings: Sendable {
    /// The program that becomes a worker by the word ``WorkerMain/word``.
    public var program: String
    /// How many workers there are.
    public var workers: Int
    /// How many of them stored objects leave to uploads: a job that waits for the store keeps its worker waiting. Where
    /// there are no more than that, stored objects have one.
    public var workersForUploads: Int
    /// How many jobs may wait for one.
    public var maximumWaiting: Int
    /// How long a job may wait for one, in seconds.
    public var longestWait: Double
    /// The longest that a worker may have a job, in seconds, whatever the job's own policy says.
    public var longestJob: Double
    /// How long after a job's deadline its worker is ended, in seconds: an honest one answers by itself before.
    public var grace: Double
    /// The most address space of a worker, in bytes.
    public var memory: Int
    /// How many jobs a worker does before it is replaced.
    public var jobsBeforeRenewal: Int
    /// Whether workers are confined by a filter of system calls; where none can be had the pool does not start.
    public var isConfined: Bool

    /// Settings of which each has a default. `program` is the one that runs unless told otherwise.
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

    /// How many workers stored objects may have at once.
    var storedLimit: Int { max(1, workers - workersForUploads) }

    var terms: SandboxConfiguration {
        // More than an honest life can use up.
        let seconds = (longestJob + grace) * Double(jobsBeforeRenewal) + 60
        return SandboxConfiguration(
            memory: memory, processorSeconds: Int(min(seconds.rounded(.up), 1e9)), isConfined: isConfined)
    }
}

/// Why no worker could be started.
public struct WorkerStartError: Error, Sendable, CustomStringConvertible {
    /// What is missing.
    public enum Reason: Sendable {
        /// The system offers no such confinement.
        case unconfined
        /// Anything else.
        case other
    }

    /// What is missing.
    public let reason: Reason
    /// What went wrong, for an operator.
    public let description: String
}
