import Bytes
import FFmpeg
import Glibc
import MediaModel

/// Speaks the protocol with one worker process, on the service's side.
///
/// The service sends a configuration and receives `ready` or `sandboxUnavailable`. After that it sends one job at a time: the
/// worker requests ranges of the file until it sends an inspection or a rejection.
struct WorkerConnection {
    let socket: IPCSocket

    /// Sends the configuration and waits until the worker is confined.
    /// - Returns: `nil` when it is, otherwise why it cannot be.
    /// - Throws: ``IPCError``.
    func handshake(
        _ configuration: SandboxConfiguration, deadline: InterruptibleDeadline
    ) throws(IPCError) -> String? {
        try socket.send(IPCFrame(.configuration, configuration), deadline: deadline)
        let frame = try socket.receive([.ready, .sandboxUnavailable], deadline: deadline)
        guard frame.kind == .sandboxUnavailable else { return nil }
        return try frame.decoded(as: [String].self).joined(separator: ", ")
    }

    /// Sends a job and waits for the result. Ranges that the worker requests are read on this thread.
    /// - Returns: the worker's result, which is an error for a file that is rejected.
    /// - Throws: ``IPCError``; ``IPCError/malformed(_:)`` for a response that no correct worker sends.
    func inspect(
        _ job: InspectionJob, deadline: InterruptibleDeadline
    ) throws(IPCError) -> Result<Inspection, MediaError> {
        guard case .ranges(let source) = job.place else {
            var descriptor: OwnedDescriptor?
            if case .file(let file) = job.place { descriptor = Self.readOnly(file) }
            try socket.send(
                IPCFrame(.job, InspectionRequest(order: job.order, isRemote: false)), attachment: descriptor,
                deadline: deadline)
            let frame = try socket.receive([.inspection, .rejection], deadline: deadline)
            return try InspectionResponse(frame, to: job.order).result
        }
        try socket.send(IPCFrame(.job, InspectionRequest(order: job.order, isRemote: true)), deadline: deadline)
        while true {
            let frame = try socket.receive([.inspection, .rejection, .rangeRequest], deadline: deadline)
            guard frame.kind == .rangeRequest else { return try InspectionResponse(frame, to: job.order).result }
            let request = try RangeRequest(frame.payload, size: job.order.size)
            try socket.send(Self.read(request, from: source), deadline: deadline)
        }
    }

    static func read(_ request: RangeRequest, from source: any RangeReading) throws(IPCError) -> IPCFrame {
        var bytes = [UInt8](repeating: 0, count: request.count)
        do throws(FFmpegError) {
            let count = try bytes.withWritableBytes { (buffer) throws(FFmpegError) in
                try source.read(at: request.offset, into: buffer)
            }
            return IPCFrame(kind: .bytes, payload: Array(bytes.prefix(count)))
        } catch {
            return try IPCFrame(.rangeFailure, RangeFailure(error))
        }
    }

    /// A descriptor of the same file that cannot be written to. Where /proc is not mounted, only the filter of system calls
    /// keeps a worker from writing.
    private static func readOnly(_ file: OwnedDescriptor) -> OwnedDescriptor {
        let copy = open("/proc/self/fd/\(file.rawValue)", O_RDONLY | O_CLOEXEC)
        return copy >= 0 ? OwnedDescriptor(owning: copy) : file
    }
}
