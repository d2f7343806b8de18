import Glibc
import Synchronization

/// A part of what is done for a request, from its beginning until ``end(error:)``.
public final class Span: Sendable {
    /// The span that the current task was begun in.
    @TaskLocal public static var current: Span?

    /// The span that the current task is part of; `nil` where none is recorded. A task that goes on after its request, as that of a
    /// socket, is part of none.
    public static var active: Span? { current.flatMap { $0.state.withLock { $0 != nil } ? $0 : nil } }

    /// The trace, and the span itself.
    public let context: TraceContext
    private let tracer: Tracer
    private let parent: String?
    private let kind: SpanRecord.Kind
    private let wallStart: UInt64
    private let start = ContinuousClock.now
    /// `nil` after the end.
    private let state: Mutex<State?>

    private struct State {
        var name: String
        var attributes: [String: SpanRecord.Value]
    }

    init(
        _ name: String, _ kind: SpanRecord.Kind, _ context: TraceContext, parent: String?,
        _ attributes: [String: SpanRecord.Value], tracer: Tracer
    ) {
        self.context = context
        self.tracer = tracer
        self.parent = parent
        self.kind = kind
        state = Mutex(State(name: name, attributes: attributes))
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        wallStart = UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }

    /// Begins a part of the current span; `nil` where none is recorded.
    public static func begin(
        _ name: String, _ kind: SpanRecord.Kind = .internal, attributes: [String: SpanRecord.Value] = [:]
    ) -> Span? {
        active.map { parent in
            Span(
                name, kind, parent.context.next(), parent: parent.context.span, attributes, tracer: parent.tracer)
        }
    }

    /// Names the span by what became known since.
    public func rename(_ name: String) { state.withLock { $0?.name = name } }

    /// Sets an attribute. See ``SpanRecord/attributes``.
    public func set(_ name: String, _ value: SpanRecord.Value) { state.withLock { $0?.attributes[name] = value } }

    /// Ends it. Does nothing when it has ended.
    /// - Parameter error: the code of what failed; `nil` where nothing did.
    public func end(error: String? = nil) {
        guard let ended = state.withLock({ $0.take() }) else { return }
        let time = (ContinuousClock.now - start).components
        let duration = UInt64(time.seconds) * 1_000_000_000 + UInt64(time.attoseconds / 1_000_000_000)
        tracer.add(
            SpanRecord(
                context: context, parent: parent, name: ended.name, kind: kind, start: wallStart, duration: duration,
                attributes: ended.attributes, error: error))
    }
}
