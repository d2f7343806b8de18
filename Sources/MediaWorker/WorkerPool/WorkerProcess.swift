import Bytes
import CLinux
import Concurrency
import FFmpeg
import Glibc

/// A worker process and the socket to it. Used by one thread: the one that started it, and with which it would die.
final class WorkerProcess {
    /// How long a process may take to be ready, in seconds: it opens every codec on a machine that may be busy.
    private static let startSeconds = 60.0

    let id: pid_t
    let socket: IPCSocket
    private var ending: ExitStatus?
    /// The most memory that it had, in bytes; known once it has ended.
    private(set) var peakMemory = 0

    /// Starts one and waits until it is confined and ready.
    init(_ settings: ProcessPoolSettings, bell: EventFD) throws(WorkerStartError) {
        do throws(IPCError) {
            let (mine, its) = try IPCSocket.pair()
            socket = IPCSocket(mine)
            id = try Self.spawn(settings.program, its)
        } catch {
            throw WorkerStartError(reason: .other, description: "starting \(settings.program): \(error)")
        }
        if let failure = greet(settings, bell) {
            end()
            throw failure
        }
    }

    deinit { end() }

    /// Tells it how it is confined, and hears that it is.
    private func greet(_ settings: ProcessPoolSettings, _ bell: EventFD) -> WorkerStartError? {
        let patience = IPCSocket.InterruptibleDeadline(until: .now + .seconds(Self.startSeconds), bell: bell)
        do throws(IPCError) {
            try socket.send(IPCFrame(.terms, settings.terms), patience: patience)
            let word = try socket.receive([.ready, .unfit], patience: patience)
            guard word.kind == .unfit else { return nil }
            let reasons = try word.decoded(as: [String].self)
            return WorkerStartError(reason: .unconfined, description: reasons.joined(separator: ", "))
        } catch {
            return WorkerStartError(reason: .other, description: "a worker was not ready (\(error)): \(end())")
        }
    }

    /// How much processor time it has used.
    var processorTime: Duration {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Whether somebody has stopped it (proc(5): its state stands behind its name). No file can: it may send itself no such
    /// signal.
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

    /// Ends it at once, if it still runs, and says how it ended. Nothing of it is left then.
    @discardableResult
    func end() -> ExitStatus {
        if let ending { return ending }
        kill(id, SIGKILL)
        var status: Int32 = 0
        var usage = rusage()
        while wait4(id, &status, 0, &usage) < 0 && errno == EINTR {}
        peakMemory = usage.ru_maxrss << 10
        let ending = ExitStatus(status: status)
        self.ending = ending
        return ending
    }

    /// A process with nothing but the socket. Its environment holds what the loader needs to find the program's libraries,
    /// where the caller needed it too; the process drops that as well.
    private static func spawn(_ program: String, _ socket: OwnedDescriptor) throws(IPCError) -> pid_t {
        let path = getenv(libraryPath).map { "\(libraryPath)=\(String(cString: $0))" }
        let words = strings(["darkroom", WorkerMain.word])
        let variables = strings([path].compactMap(\.self))
        defer { for text in words + variables { free(text) } }
        let id = darkroom_spawn(program, words, variables, [-1, -1, STDERR_FILENO, socket.rawValue], 4)
        guard id > 0 else { throw .system(-id) }
        return id
    }

    /// Texts as C wants them, with nothing behind the last; to be freed.
    private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    private static let libraryPath = "LD_LIBRARY_PATH"
}
