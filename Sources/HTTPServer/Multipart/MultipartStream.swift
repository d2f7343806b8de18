import Bytes
import Synchronization

/// A multipart body that is being read: the state that the reader and the parts' bodies share.
final class MultipartStream: Sendable {
    private struct State {
        var parser: MultipartParser
        var iterator: RequestBody.AsyncIterator
        /// The number of the part that is being read, from 1; reading from an earlier part fails.
        var part = 0
        var isPartOver = true
        var isOver = false
    }
    private let state: Mutex<State>

    init(_ body: RequestBody, boundary: String, limits: MultipartLimits) {
        state = Mutex(
            State(
                parser: MultipartParser(boundary: boundary, limits: limits), iterator: body.makeAsyncIterator()))
    }

    private func event() async throws -> MultipartParser.Event {
        while true {
            let (event, iterator) = try state.withLock { (try $0.parser.next(), $0.iterator) }
            guard case .needsMore = event else { return event }
            var following = iterator
            let chunk = try await following.next()
            state.withLock { [following] state in
                state.iterator = following
                if let chunk { state.parser.append(chunk) } else { state.parser.finish() }
            }
        }
    }

    /// The next part's fields and its number; the rest of the one before is skipped. `nil` at the body's end, which has
    /// then been read.
    func nextPart() async throws -> (HTTPFields, number: Int)? {
        guard !state.withLock({ $0.isOver }) else { return nil }
        while true {
            switch try await event() {
            case .partBegins(let fields):
                let number = state.withLock { state in
                    state.part += 1
                    state.isPartOver = false
                    return state.part
                }
                return (fields, number)
            case .end:
                state.withLock { $0.isOver = true }
                return nil
            case .body, .partEnds, .needsMore: continue
            }
        }
    }

    /// The next chunk of the part with that number; `nil` at its end.
    func nextChunk(of number: Int) async throws -> ByteChunk? {
        let (isCurrent, isOver) = state.withLock { ($0.part == number, $0.isPartOver) }
        guard isCurrent else { throw RequestBodyError.alreadyRead }
        guard !isOver else { return nil }
        switch try await event() {
        case .body(let chunk): return chunk
        case .partEnds, .partBegins, .end, .needsMore:
            state.withLock { $0.isPartOver = true }
            return nil
        }
    }
}
