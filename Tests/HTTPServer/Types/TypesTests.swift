import Testing

@testable import HTTPServer

struct TypesTests {
    @Test("fields keep their order, repeat, and do not mind case")
    func fields() {
        var fields: HTTPFields = ["A": "1", "b": "2", "a": "3"]
        #expect(fields["a"] == "1")
        #expect(fields.values(of: "A") == ["1", "3"])
        fields.set("a", "4")
        #expect(fields.map { "\($0.name)=\($0.value)" } == ["a=4", "b=2"])
        fields["B"] = nil
        fields.append("c", " x, y ,, z\t")
        #expect(Array(fields).count == 2)
        #expect(fields.members(of: "C") == ["x", "y", "z"])
        #expect(!fields.contains("b"))
    }

    @Test(
        "a target is taken apart",
        arguments: [
            ("/a%2Fb?x=1&y=a+b%26&x=2&z&%zz=1", "/a%2Fb", "1", "a b&"), ("/a", "/a", nil, nil), ("/a?", "/a", nil, nil),
            ("/?x==1?y", "/", "=1?y", nil),
        ])
    func target(target: String, path: String, x: String?, y: String?) {
        let request = HTTPRequest(target: target)
        #expect(request.path == path)
        #expect(request.queryParameter("x") == x)
        #expect(request.queryParameter("y") == y)
    }

    enum Step { case asked, complete, failed }

    @Test(
        "an exchange goes on, drains or closes as its body and its answer stand",
        arguments: [
            (true, false, true, [Step.asked, .complete], ExchangeState.Next.nextRequest),
            (true, false, true, [], .drain),
            (true, false, true, [.failed], .close), (true, true, true, [], .close),
            (true, true, true, [.asked], .drain),
            (true, true, true, [.asked, .complete], .nextRequest), (true, true, true, [.asked, .failed], .close),
            (false, true, true, [], .nextRequest), (false, false, false, [], .close),
            (true, false, false, [.complete], .close),
        ])
    func exchange(hasBody: Bool, expects: Bool, keepAlive: Bool, steps: [Step], next: ExchangeState.Next) {
        var state = ExchangeState(hasBody: hasBody, expectsContinue: expects, keepAlive: keepAlive)
        for step in steps {
            switch step {
            case .asked:
                // 100 is sent once.
                let sent = [state.bodyRequested(), state.bodyRequested()]
                #expect(sent == [expects, false])
            case .complete: state.bodyCompleted()
            case .failed: state.bodyFailed()
            }
        }
        let staysOpen = state.responseBegins()
        #expect(staysOpen == (next == .nextRequest))
        let sentLate = state.bodyRequested()
        #expect(!sentLate)
        let reached = state.responseCompleted()
        #expect(reached == next)
    }

    @Test(
        "a body that ends behind the beginning of an early answer needs no draining, but still the close it announced")
    func lateBody() {
        var state = ExchangeState(hasBody: true, expectsContinue: false, keepAlive: true)
        let staysOpen = state.responseBegins()
        state.bodyCompleted()
        let next = state.responseCompleted()
        #expect(!staysOpen && next == .close)
    }

    @Test("a queue pauses its sender when it is full, and reports when half of it is free")
    func bodyQueue() async throws {
        let bodyQueue = ByteQueue<Int>(capacity: 4)
        let asked = Event<Void>()
        let room = Event<Int>()
        bodyQueue.observe {
            asked.happened(())
        } hasSpace: {
            room.happened(1)
        }
        #expect(bodyQueue.claim())
        #expect(!bodyQueue.claim())
        #expect((1...4).map { bodyQueue.push($0, weight: 1) } == [false, false, false, true])
        #expect(try await bodyQueue.next() == 1)
        await asked.value
        #expect(bodyQueue.push(5, weight: 1))
        for expected in 2...4 { #expect(try await bodyQueue.next() == expected) }
        #expect(await room.value == 1)
        bodyQueue.finish()
        #expect(try await bodyQueue.next() == 5)
        #expect(try await bodyQueue.next() == nil)
    }

    @Test("a reader that is cancelled stops waiting; an error takes the place of what was not read")
    func queueEnds() async throws {
        let bodyQueue = ByteQueue<Int>(capacity: 4)
        let reader = Task { try await bodyQueue.next() }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
        _ = bodyQueue.push(1, weight: 1)
        bodyQueue.finish(throwing: RequestBodyError.clientGone)
        await #expect(throws: RequestBodyError.clientGone) { try await bodyQueue.next() }
    }
}
