import FFmpeg

/// A file of which a worker has no descriptor: it asks the service for each part.
// Sendable: the cell's one thread alone uses it.
final class RemoteByteRanges: RangeReading, @unchecked Sendable {
    private let socket: IPCSocket

    init(_ socket: IPCSocket) { self.socket = socket }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int {
        let bytes = try ask(RangeRequest(offset: offset, count: buffer.count)).get()
        buffer.copyBytes(from: bytes.prefix(buffer.count))
        return min(bytes.count, buffer.count)
    }

    private func ask(_ request: RangeRequest) -> Result<[UInt8], FFmpegError> {
        do throws(IPCError) {
            try socket.send(IPCFrame(kind: .ask, payload: request.encoded))
            let answer = try socket.receive([.bytes, .noBytes])
            return answer.kind == .bytes
                ? .success(answer.payload) : .failure(try answer.decoded(as: RangeFailure.self).error)
        } catch {
            return .failure(FFmpegError(.io, "the service does not answer: \(error)"))
        }
    }
}
