/// How a worker process is confined, as the service tells it first of all.
struct SandboxConfiguration: Codable, Equatable {
    /// The most address space, in bytes.
    var memory: Int
    /// The most processor time over its whole life, in seconds.
    var processorSeconds: Int
    /// Whether it refuses to work without a filter of system calls.
    var isConfined: Bool
}
