import Bytes
import FFmpeg
import MediaModel

extension WorkerConnection {
    /// Sends an order for a rendition and waits for the result. Ranges that the worker requests are read on this thread, and
    /// what it makes is written to `output`.
    /// - Returns: the worker's result, which is an error where the rendition cannot be made, or `output` fails.
    /// - Throws: ``IPCError``; ``IPCError/malformed(_:)`` for a response that no correct worker sends.
    func transcode(
        _ order: TranscodeOrder, of source: any RangeReading, to output: SpoolFile, deadline: InterruptibleDeadline,
        onProgress: (Double) -> Void
    ) throws(IPCError) -> Result<Transcoding, MediaError> {
        try socket.send(IPCFrame(.transcode, order), deadline: deadline)
        while true {
            let frame = try socket.receive(
                [.transcoding, .rejection, .rangeRequest, .output, .progress], deadline: deadline)
            switch frame.kind {
            case .rangeRequest:
                let request = try RangeRequest(frame.payload, size: order.size)
                try socket.send(Self.read(request, from: source), deadline: deadline)
            case .output:
                let piece = try OutputPiece(frame.payload, limit: order.limits.maximumBytes)
                do throws(MediaError) {
                    try output.write(ByteChunk(piece.bytes), at: piece.offset)
                } catch {
                    return .failure(error)
                }
            case .progress:
                guard frame.payload.count == IPCFrame.Kind.progress.maximumLength else {
                    throw .malformed("no progress")
                }
                onProgress(min(Double(UInt32(littleEndianBytes: frame.payload)) / 10_000, 1))
            case .transcoding:
                let result = try frame.decoded(as: Transcoding.self)
                try result.validate(against: order)
                return .success(result)
            default:
                guard case .failure(let error) = try InspectionResponse(frame, to: order.inspection).result else {
                    throw .malformed("no rejection")
                }
                return .failure(error)
            }
        }
    }
}
