import Glibc
import Synchronization
import Testing

@testable import HTTPServer

@Suite("An event loop as a task executor")
struct EventLoopTests {
    @Test("a task that prefers a loop runs on its thread, also after waiting for another thread")
    func onItsThread() async {
        let loop = EventLoop(name: "test-loop")
        loop.start {}
        let thread = await withCheckedContinuation { thread in
            loop.post { thread.resume(returning: pthread_self()) }
        }
        let task = Task(executorPreference: loop) {
            let before = pthread_self()
            let other = await Self.elsewhere()
            return (before, other, pthread_self())
        }
        let (before, other, after) = await task.value
        #expect(before == thread && after == thread && other != thread)
        loop.stop()
    }

    @Test("jobs run in the order in which they were posted, those that jobs post after them")
    func order() async {
        let loop = EventLoop(name: "test-loop")
        loop.start {}
        let seen = Mutex<[Int]>([])
        await withCheckedContinuation { done in
            let note: @Sendable (Int) -> Void = { number in seen.withLock { $0.append(number) } }
            loop.post {
                loop.post {
                    note(3)
                    // More rounds than the loop runs before it polls sockets again.
                    Self.chain(100, on: loop) { done.resume() }
                }
                loop.post { note(4) }
                note(1)
            }
            loop.post { note(2) }
        }
        // The second is posted while the first may already run.
        #expect(Set(seen.withLock { $0 }) == [1, 2, 3, 4])
        #expect(seen.withLock { $0.filter { $0 != 2 } } == [1, 3, 4])
        loop.stop()
    }

    @Test("a task that waits while its loop stops still continues")
    func stopped() async {
        let loop = EventLoop(name: "test-loop")
        loop.start {}
        let (steps, step) = AsyncStream.makeStream(of: Void.self)
        let task = Task(executorPreference: loop) {
            for await _ in steps {}
            return true
        }
        loop.stop()
        while loop.post({}) { try? await Task.sleep(for: .milliseconds(5)) }
        step.finish()
        #expect(await task.value)
    }

    private static func chain(_ count: Int, on loop: EventLoop, then done: @escaping @Sendable () -> Void) {
        loop.post { count == 0 ? done() : chain(count - 1, on: loop, then: done) }
    }

    /// The thread of a task that prefers no loop.
    private static func elsewhere() async -> pthread_t {
        await Task.detached { pthread_self() }.value
    }
}
