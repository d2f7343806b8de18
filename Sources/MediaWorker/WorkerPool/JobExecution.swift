import Bytes
import FFmpeg
import Glibc
import MediaModel

/// One job with one worker, from the order to the answer.
struct JobExecution {
    let seat: WorkerSlot
    let entry: JobDispatcher.Entry
    let worker: WorkerProcess
    private var job: InspectionJob { entry.job.job }

    /// The answer, or why the worker must be let go of.
    func run() -> Result<Result<Inspection, MediaError>, WorkerFailure> {
        var order = job.order
        order.policy.deadline = min(order.policy.deadline, seat.settings.longestJob)
        // The worker has no use for names.
        order.claimedName = nil
        let deadline = ContinuousClock.now + .seconds(order.policy.deadline + seat.settings.grace)
        let patience = IPCSocket.InterruptibleDeadline(until: deadline, bell: seat.bell) {
            seat.newDeadline(entry.id, deadline)
        }
        patience.isFutile = worker.isStopped
        let (began, used) = (ContinuousClock.now, worker.processorTime)
        do throws(IPCError) {
            try send(order, patience)
            return .success(try answer(order, patience))
        } catch {
            let (wall, processor) = (ContinuousClock.now - began, worker.processorTime - used)
            return .failure(breach(error, isStalled: processor < wall * Self.leastShare))
        }
    }

    /// The share of a processor with which a file can be said to keep its worker at work.
    private static let leastShare = 0.25

    private func send(_ order: InspectionOrder, _ patience: IPCSocket.InterruptibleDeadline) throws(IPCError) {
        var descriptor: OwnedDescriptor?
        if case .file(let file) = job.place { descriptor = Self.readOnly(file) }
        let message = InspectionRequest(order: order, isAskedFor: descriptor == nil)
        try worker.socket.send(IPCFrame(.job, message), attachment: descriptor, patience: patience)
    }

    /// Waits for the answer; what the worker asks for meanwhile is read for it, on this thread.
    private func answer(
        _ order: InspectionOrder, _ patience: IPCSocket.InterruptibleDeadline
    ) throws(IPCError) -> Result<Inspection, MediaError> {
        guard case .ranges(let ranges) = job.place else {
            return try InspectionResponse(worker.socket.receive([.found, .refused], patience: patience), of: order)
                .result
        }
        while true {
            let word = try worker.socket.receive([.found, .refused, .ask], patience: patience)
            guard word.kind == .ask else { return try InspectionResponse(word, of: order).result }
            let request = try RangeRequest(word.payload, size: order.size)
            try worker.socket.send(Self.read(request, from: ranges), patience: patience)
        }
    }

    private static func read(_ request: RangeRequest, from ranges: any RangeReading) throws(IPCError) -> IPCFrame {
        var bytes = [UInt8](repeating: 0, count: request.count)
        do throws(FFmpegError) {
            let count = try bytes.withWritableBytes { (buffer) throws(FFmpegError) in
                try ranges.read(at: request.offset, into: buffer)
            }
            return IPCFrame(kind: .bytes, payload: Array(bytes.prefix(count)))
        } catch {
            return try IPCFrame(.noBytes, RangeFailure(error))
        }
    }

    /// The same file, so that it cannot be written to. Where the system does not tell a process of its own descriptors, the
    /// filter of system calls alone keeps a worker from writing.
    private static func readOnly(_ file: OwnedDescriptor) -> OwnedDescriptor {
        let copy = open("/proc/self/fd/\(file.rawValue)", O_RDONLY | O_CLOEXEC)
        return copy >= 0 ? OwnedDescriptor(owning: copy) : file
    }

    private func breach(_ error: IPCError, isStalled: Bool) -> WorkerFailure {
        switch error {
        case .stopped: .stalled
        case .deadline where seat.floor.isClosing: .closing
        case .deadline where seat.floor.isCancelled(entry.id): .cancelled
        case .deadline: isStalled ? .stalled : .deadline
        case .malformed(let lie): .invalidResponse(lie)
        case .closed, .system: .exited
        }
    }
}
