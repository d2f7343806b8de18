/// How a worker process is confined: the first thing that the service sends to it.
struct SandboxConfiguration: Codable, Equatable {
    /// The address space limit, in bytes.
    var memory: Int
    /// The limit on the processor time of the whole process, in seconds.
    var processorSeconds: Int
    /// Whether the process must confine itself by a filter of system calls.
    var isConfined: Bool
    /// Whether the process may start threads of its own: encoders of video need some.
    var mayStartThreads = false
}
