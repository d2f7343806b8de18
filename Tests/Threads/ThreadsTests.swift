import Synchronization
import Testing

@testable import Threads

struct ThreadsTests {
    struct Broken: Error {}

    @Test("work runs on the pool's own threads, and its error comes back")
    func pool() async throws {
        let pool = ThreadPool(name: "test-pool", threads: 2)
        #expect(await pool.run { currentThreadName() } == "test-pool")
        await #expect(throws: Broken.self) { try await pool.run { () throws in throw Broken() } }
    }

    @Test("a pool that is let go finishes the work that waits")
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
