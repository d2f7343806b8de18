import FFmpeg

/// A file of which a worker has no descriptor: it requests each range from the service.
// Sendable: only the worker process's single thread uses it.
final class RemoteByteRanges: RangeReading, @unchecked Sendable {
    private let socket: IPCSocket

    init(_ socket: IPCSocket) { self.socket = socket }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int {
        let bytes = try request(RangeRequest(offset: offset, count: buffer.count)).get()
        buffer.copyBytes(from: bytes.prefix(buffer.count))
        return min(bytes.count, buffer.count)
    }

    private func request(_ range: RangeRequest) -> Result<[UInt8], FFmpegError> {
        do throws(IPCError) {
            try socket.send(IPCFrame(kind: .rangeRequest, payload: range.encoded))
            let response = try socket.receive([.bytes, .rangeFailure])
            return response.kind == .bytes
                ? .success(response.payload) : .failure(try response.decoded(as: RangeFailure.self).error)
        } catch {
            return .failure(FFmpegError(.io, "the service does not answer: \(error)"))
        }
    }
}
