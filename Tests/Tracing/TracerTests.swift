import Testing

@testable import Tracing

@Suite("Tracer")
struct TracerTests {
    @Test("a traceparent is read as W3C Trace Context says, and written again")
    func traceparent() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let context = TraceContext(traceparent: text)
        #expect(context?.isSampled == true && context?.traceparent == text)
        #expect(
            TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02")?.isSampled == false)
        // A later version may say more.
        #expect(TraceContext(traceparent: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more") != nil)
    }

    @Test(
        "what is no traceparent is ignored",
        arguments: [
            "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        ])
    func invalid(text: String) { #expect(TraceContext(traceparent: text) == nil) }

    @Test("the caller decides about a trace that it has begun, the ratio about others")
    func sampling() throws {
        let sampled = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        let other = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")
        let none = Tracer(ratio: 0)
        #expect(none.begin("a", .server, after: nil) == nil)
        #expect(none.begin("a", .server, after: sampled)?.context.trace == sampled?.trace)
        let all = Tracer(ratio: 1)
        #expect(all.begin("a", .server, after: other) == nil)
        let some = Tracer(ratio: 0.5)
        let count = (0..<1000).filter { _ in some.begin("a", .server, after: nil) != nil }.count
        #expect((300...700).contains(count))
    }

    @Test("a part belongs to the span of its task, as long as that goes on")
    func parts() throws {
        let tracer = Tracer()
        let request = try #require(tracer.begin("request", .server, after: nil))
        let late = Span.$current.withValue(request) {
            Span.begin("part")?.end(error: "broken")
            request.end()
            return Span.begin("late")
        }
        #expect(late == nil && Span.active == nil && Span.begin("none") == nil)
        let spans = tracer.take(10)
        #expect(spans.map(\.name) == ["part", "request"])
        #expect(spans[0].parent == request.context.span && spans[0].error == "broken" && spans[1].parent == nil)
        #expect(Set(spans.map(\.context.trace)).count == 1)
    }

    @Test("beyond its capacity spans are dropped and counted, and one is kept once")
    func bounded() throws {
        let tracer = Tracer(capacity: 3)
        for number in 0..<5 {
            let span = try #require(tracer.begin("\(number)", .internal, after: nil))
            span.end()
            span.end()
        }
        #expect(tracer.takeDropped() == 2 && tracer.takeDropped() == 0)
        #expect(tracer.take(2).map(\.name) == ["0", "1"] && tracer.take(2).map(\.name) == ["2"])
    }
}
