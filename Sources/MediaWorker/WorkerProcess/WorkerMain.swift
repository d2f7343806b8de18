import Bytes
import CLinux
import FFmpeg
import Glibc
import MediaModel

/// The life of a worker process: it is confined before it sees its first file, and from then on inspects what it is
/// given, one file at a time, until the service lets go of it.
///
/// It runs on the one thread that calls ``run()``. It must not start another: a confined process cannot.
public enum WorkerMain {
    /// The word after the program's name by which it becomes a worker.
    public static let word = "cell"

    /// What the allocator may keep between files, in bytes.
    private static let keptMemory = 16 << 20

    /// The socket to the service.
    private static let socketNumber: Int32 = 3

    /// Works until the service goes. Returns the exit status.
    public static func run() -> Int32 {
        guard darkroom_die_with_parent() == 0, isSocket(socketNumber) else {
            complain("darkroom: '\(word)' is started by 'darkroom serve' alone\n")
            return 2
        }
        dieOfCrashes()
        let socket = IPCSocket(OwnedDescriptor(owning: socketNumber))
        do throws(IPCError) {
            let terms = try socket.receive([.terms]).decoded(as: SandboxConfiguration.self)
            WarmUp.run()
            // Last, as libraries leave notes for themselves there.
            clearenv()
            do throws(SandboxError) {
                try Sandbox(terms: terms, socket: socketNumber).enter()
            } catch {
                try socket.send(IPCFrame(.unfit, [error.description]))
                return 1
            }
            try socket.send(IPCFrame(kind: .ready))
            while true { try serve(socket) }
        } catch {
            // The service has gone, which ends this process too.
            return error == .closed ? 0 : 1
        }
    }

    private static func serve(_ socket: IPCSocket) throws(IPCError) {
        let (frame, descriptor) = try socket.receiveWithAttachment([.job, .attempt])
        #if DEBUG
            if frame.kind == .attempt {
                return try socket.send(IPCFrame(.attempted, frame.decoded(as: Attempt.self).outcome()))
            }
        #endif
        guard frame.kind == .job else { throw .malformed("no job") }
        let message = try frame.decoded(as: InspectionRequest.self)
        let answer = InspectionResponse(inspect(message, descriptor, socket))
        do throws(IPCError) {
            try socket.send(try answer.frame())
        } catch {
            guard case .malformed = error else { throw error }
            // What cannot be told is our own failure; the service hears of it.
            let failure = MediaError(.internal, "The file could not be inspected; try again.", cause: error)
            try socket.send(try InspectionResponse(.failure(failure)).frame())
        }
        darkroom_give_back_memory(keptMemory)
    }

    private static func inspect(
        _ message: InspectionRequest, _ descriptor: OwnedDescriptor?, _ socket: IPCSocket
    ) -> Result<Inspection, MediaError> {
        let place: ByteSource.Place
        if message.isAskedFor {
            place = .ranges(RemoteByteRanges(socket))
        } else if let descriptor {
            place = .file(descriptor)
        } else {
            return .failure(MediaError(.internal, "The file could not be inspected; try again."))
        }
        do throws(MediaError) {
            return .success(try Inspector(job: InspectionJob(place: place, order: message.order)).inspect())
        } catch {
            return .failure(error)
        }
    }

    /// Undoes what Swift's runtime sets up for crashes: a report needs another process, which there cannot be, and the
    /// service should see the signal itself.
    private static func dieOfCrashes() {
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT] { signal(number, SIG_DFL) }
    }

    private static func isSocket(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    private static func complain(_ text: String) {
        _ = text.withCString { write(2, $0, strlen($0)) }
    }
}
