import Bytes
import CLinux
import FFmpeg
import Glibc
import MediaModel

/// The main function of a worker process: the process confines itself before it receives its first file, and then inspects one
/// file at a time until the service closes the connection.
///
/// It runs on the one thread that calls ``run()``, and must not start another: a confined process cannot.
public enum WorkerMain {
    /// The first argument of the program with which it becomes a worker.
    public static let argument = "media-worker"

    /// How much freed memory the allocator may keep between files, in bytes.
    private static let retainedMemory = 16 << 20

    /// The descriptor of the socket to the service.
    private static let socketDescriptor: Int32 = 3

    /// Serves the service until it closes the connection. Returns the exit status.
    public static func run() -> Int32 {
        guard darkroom_die_with_parent() == 0, isSocket(socketDescriptor) else {
            writeError("darkroom: '\(argument)' can only be started by 'darkroom serve'\n")
            return 2
        }
        restoreCrashSignals()
        let socket = IPCSocket(OwnedDescriptor(owning: socketDescriptor))
        do throws(IPCError) {
            let configuration = try socket.receive([.configuration]).decoded(as: SandboxConfiguration.self)
            // Each thread would reserve 64 MB of addresses for itself.
            if configuration.mayStartThreads { darkroom_limit_arenas(2) }
            WarmUp.run()
            // Last, because libraries set variables during their initialisation.
            clearenv()
            do throws(SandboxError) {
                try Sandbox(configuration: configuration, socket: socketDescriptor).enter()
            } catch {
                try socket.send(IPCFrame(.sandboxUnavailable, [error.description]))
                return 1
            }
            try socket.send(IPCFrame(kind: .ready))
            while true { try serve(socket) }
        } catch {
            // The service has closed the connection, which ends this process.
            return error == .closed ? 0 : 1
        }
    }

    private static func serve(_ socket: IPCSocket) throws(IPCError) {
        let (frame, descriptor) = try socket.receiveWithAttachment([.job, .probe, .transcode])
        #if DEBUG
            if frame.kind == .probe {
                return try socket.send(IPCFrame(.probeOutcome, frame.decoded(as: SandboxProbe.self).outcome()))
            }
        #endif
        if frame.kind == .transcode { return try transcode(try frame.decoded(as: TranscodeOrder.self), socket) }
        guard frame.kind == .job else { throw .malformed("a frame that is no job") }
        let request = try frame.decoded(as: InspectionRequest.self)
        let response = InspectionResponse(inspect(request, descriptor, socket))
        do throws(IPCError) {
            try socket.send(try response.frame())
        } catch {
            guard case .malformed = error else { throw error }
            // A result that cannot be sent is our own failure, not the file's.
            let failure = MediaError(.internal, "The file could not be inspected; try again.", cause: error)
            try socket.send(try InspectionResponse(.failure(failure)).frame())
        }
        darkroom_give_back_memory(retainedMemory)
    }

    private static func transcode(_ order: TranscodeOrder, _ socket: IPCSocket) throws(IPCError) {
        let output = RemoteOutput(socket, maximumBytes: order.limits.maximumBytes)
        let transcode = Transcode(
            source: ByteSource(place: .ranges(RemoteByteRanges(socket)), size: order.size), order: order,
            deadline: Deadline(seconds: order.limits.seconds), sink: output, onProgress: output.report)
        let result: Result<Transcoding, MediaError>
        do throws(MediaError) { result = .success(try transcode.run()) } catch { result = .failure(error) }
        switch result {
        case .success(let transcoding): try socket.send(IPCFrame(.transcoding, transcoding))
        case .failure(let error): try socket.send(InspectionResponse(.failure(error)).frame())
        }
    }

    private static func inspect(
        _ request: InspectionRequest, _ descriptor: OwnedDescriptor?, _ socket: IPCSocket
    ) -> Result<Inspection, MediaError> {
        let place: ByteSource.Place
        if request.isRemote {
            place = .ranges(RemoteByteRanges(socket))
        } else if let descriptor {
            place = .file(descriptor)
        } else {
            return .failure(MediaError(.internal, "The file could not be inspected; try again."))
        }
        do throws(MediaError) {
            return .success(try Inspector(job: InspectionJob(place: place, order: request.order)).inspect())
        } catch {
            return .failure(error)
        }
    }

    /// Undoes the Swift runtime's crash handling: its report needs another process, which cannot be started, and the service
    /// should see the signal itself.
    private static func restoreCrashSignals() {
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT] { signal(number, SIG_DFL) }
    }

    private static func isSocket(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    private static func writeError(_ text: String) {
        _ = text.withCString { write(2, $0, strlen($0)) }
    }
}
