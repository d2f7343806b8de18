import Bytes
import CLinux
import Concurrency
import FFmpeg
import Glibc

/// A worker process. Used by one thread: the one that started it, with which the process would die.
final class WorkerProcess {
    /// How long a process may take to be ready, in seconds: it opens every codec on a machine that may be busy.
    private static let startSeconds = 60.0
    private static let libraryPath = "LD_LIBRARY_PATH"

    let id: pid_t
    let connection: WorkerConnection
    private var exit: ExitStatus?
    /// The peak resident memory of the process, in bytes; known once it has ended.
    private(set) var peakMemory = 0

    /// Starts a process and waits until it is confined and ready.
    /// - Throws: ``WorkerStartError``.
    init(_ settings: ProcessPoolSettings, event: EventFD) throws(WorkerStartError) {
        do throws(IPCError) {
            let (own, remote) = try IPCSocket.pair()
            connection = WorkerConnection(socket: IPCSocket(own))
            id = try Self.spawn(settings.program, remote)
        } catch {
            throw WorkerStartError(reason: .other, description: "starting \(settings.program): \(error)")
        }
        // Threads that it starts inherit this. A process that has ended already is found below.
        if settings.niceness > 0 { darkroom_be_nice(id, Int32(settings.niceness)) }
        let deadline = InterruptibleDeadline(until: .now + .seconds(Self.startSeconds), event: event)
        let failure: WorkerStartError?
        do throws(IPCError) {
            failure = try connection.handshake(settings.sandbox, deadline: deadline).map {
                WorkerStartError(reason: .unconfined, description: $0)
            }
        } catch {
            failure = WorkerStartError(reason: .other, description: "a worker was not ready (\(error)): \(end())")
        }
        if let failure {
            end()
            throw failure
        }
    }

    deinit { end() }

    /// The processor time that the process has used.
    var processorTime: Duration {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Whether the process is stopped by a signal (proc(5): its state follows its name). A file cannot bring that about: the
    /// process may send itself no such signal.
    func isStopped() -> Bool {
        let file = open("/proc/\(id)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 256)
        let count = read(file, &text, text.count)
        guard count > 0, let end = text[..<count].lastIndex(of: UInt8(ascii: ")")), end + 2 < count else {
            return false
        }
        return [UInt8(ascii: "T"), UInt8(ascii: "t")].contains(text[end + 2])
    }

    /// Kills the process if it still runs, and returns how it ended.
    @discardableResult
    func end() -> ExitStatus {
        if let exit { return exit }
        kill(id, SIGKILL)
        var status: Int32 = 0
        var usage = rusage()
        while wait4(id, &status, 0, &usage) < 0 && errno == EINTR {}
        peakMemory = usage.ru_maxrss << 10
        let exit = ExitStatus(status: status)
        self.exit = exit
        return exit
    }

    /// Starts a process that inherits nothing but the socket and standard error. Its environment contains only what the loader
    /// needs to find the program's libraries, where the service needs that too; the process drops it after the start.
    private static func spawn(_ program: String, _ socket: OwnedDescriptor) throws(IPCError) -> pid_t {
        let path = getenv(libraryPath).map { "\(libraryPath)=\(String(cString: $0))" }
        let arguments = cStrings(["darkroom", WorkerMain.argument])
        let environment = cStrings([path].compactMap(\.self))
        defer { for string in arguments + environment { free(string) } }
        let id = darkroom_spawn(program, arguments, environment, [-1, -1, STDERR_FILENO, socket.rawValue], 4)
        guard id > 0 else { throw .system(-id) }
        return id
    }

    /// A null-terminated array of C strings, which the caller frees.
    private static func cStrings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        strings.map { strdup($0) } + [nil]
    }
}
