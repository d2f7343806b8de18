import Synchronization

/// Decides which traces are recorded, and keeps spans that have ended until they are exported. Beyond its capacity they are dropped:
/// nothing ever waits for it.
public final class Tracer: Sendable {
    private struct State {
        var ended: [SpanRecord] = []
        var dropped = 0
    }

    private let capacity: Int
    private let ratio: Double
    private let state = Mutex(State())

    /// - Parameters:
    ///   - ratio: the share of traces that begin here and are recorded, from 0 to 1.
    ///   - capacity: how many spans wait to be exported; about 1 KB each.
    public init(ratio: Double = 1, capacity: Int = 4096) {
        (self.ratio, self.capacity) = (ratio, capacity)
    }

    /// Begins the first span of this service in a trace; `nil` where the trace is not recorded. Where a caller has begun the trace,
    /// it has decided that.
    public func begin(
        _ name: String, _ kind: SpanRecord.Kind, after caller: TraceContext?,
        _ attributes: [String: SpanRecord.Value] = [:]
    ) -> Span? {
        if let caller {
            guard caller.isSampled else { return nil }
            return Span(name, kind, caller.next(), parent: caller.span, attributes, tracer: self)
        }
        guard ratio >= 1 || Double.random(in: 0..<1) < ratio else { return nil }
        return Span(name, kind, .new(isSampled: true), parent: nil, attributes, tracer: self)
    }

    func add(_ span: SpanRecord) {
        state.withLock { state in
            if state.ended.count < capacity { state.ended.append(span) } else { state.dropped += 1 }
        }
    }

    /// Takes the oldest spans, at most `count`.
    public func take(_ count: Int) -> [SpanRecord] {
        state.withLock { state in
            let taken = Array(state.ended.prefix(count))
            state.ended.removeFirst(taken.count)
            return taken
        }
    }

    /// How many spans were dropped since this was asked last.
    public func takeDropped() -> Int {
        state.withLock { state in
            defer { state.dropped = 0 }
            return state.dropped
        }
    }
}
