import Concurrency
import Testing

@Suite("A task's value within a time")
struct TaskTimeoutTests {
    @Test("is the value where the task ends in time")
    func inTime() async {
        let task = Task { 7 }
        #expect(await task.value(within: .seconds(300)) == 7)
    }

    @Test("is nil where it does not, and the task goes on")
    func tooLate() async {
        let (gate, continuation) = AsyncStream.makeStream(of: Int.self)
        let task = Task { await gate.first { _ in true } ?? 0 }
        #expect(await task.value(within: .milliseconds(5)) == nil)
        continuation.yield(7)
        #expect(await task.value == 7)
    }
}
