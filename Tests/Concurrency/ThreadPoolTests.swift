import Dispatch
import Synchronization
import Testing

@testable import Concurrency

struct ThreadPoolTests {
    struct Broken: Error {}

    @Test("work runs on the pool's own threads, and its error comes back")
    func pool() async throws {
        let pool = ThreadPool(name: "test-pool", threads: 2)
        #expect(await pool.run { currentThreadName() } == "test-pool")
        await #expect(throws: Broken.self) { try await pool.run { () throws in throw Broken() } }
    }

    @Test("a pool that is deallocated finishes the queued work")
    func draining() async {
        let done = Mutex(0)
        await withCheckedContinuation { (finished: CheckedContinuation<Void, Never>) in
            let pool = ThreadPool(name: "draining", threads: 1)
            for index in 1...100 {
                pool.submit {
                    done.withLock { $0 += 1 }
                    if index == 100 { finished.resume() }
                }
            }
        }
        #expect(done.withLock { $0 } == 100)
    }

    @Test("work of a task of high priority is done before queued work, and lets other work through from time to time")
    func priority() async throws {
        let pool = ThreadPool(name: "lines", threads: 1)
        let order = Order()
        let mayBegin = DispatchSemaphore(value: 0)
        pool.submit { mayBegin.wait() }
        // The thread is running it: later work has to wait.
        while pool.waiting > 0 { try await Task.sleep(for: .milliseconds(2)) }
        for number in 1...3 { pool.submit { order.note("other \(number)") } }
        let tasks = (1...10).map { _ in
            Task(priority: .high) { await pool.run { order.note("urgent") } }
        }
        while pool.waiting < 13 { try await Task.sleep(for: .milliseconds(2)) }
        mayBegin.signal()
        for task in tasks { await task.value }
        await pool.run {}
        let urgent = Array(repeating: "urgent", count: 8)
        #expect(order.noted == urgent + ["other 1", "urgent", "urgent", "other 2", "other 3"])
    }

    private final class Order: Sendable {
        private let names = Mutex<[String]>([])
        var noted: [String] { names.withLock { $0 } }
        func note(_ name: String) { names.withLock { $0.append(name) } }
    }

    actor Database {
        let executor = ThreadExecutor(name: "test-executor")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        func threadName() -> String? { currentThreadName() }
    }

    @Test("an actor with a thread executor runs on that thread")
    func executor() async {
        #expect(await Database().threadName() == "test-executor")
    }
}
