import Concurrency
import Testing

@Suite("A semaphore for tasks", .timeLimit(.minutes(5)))
struct AsyncSemaphoreTests {
    @Test("a permit goes to the task that has waited longest, and one that no task waits for is kept")
    func order() async {
        let semaphore = AsyncSemaphore(permits: 1)
        #expect(await semaphore.acquire())
        let waiting = Task { await semaphore.acquire() }
        semaphore.release()
        #expect(await waiting.value)
        semaphore.release()
        #expect(await semaphore.acquire())
    }

    @Test("a task that is cancelled while it waits gets no permit and takes none away")
    func cancellation() async {
        let semaphore = AsyncSemaphore(permits: 1)
        #expect(await semaphore.acquire())
        for _ in 0..<100 {
            let waiting = Task { await semaphore.acquire() }
            await Task.yield()
            waiting.cancel()
            #expect(await !waiting.value)
        }
        semaphore.release()
        #expect(await semaphore.acquire())
    }

    @Test("never more permits are held than there are, and every task gets one")
    func many() async {
        let semaphore = AsyncSemaphore(permits: 3)
        let held = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    #expect(await semaphore.acquire())
                    #expect(await held.change(1) <= 3)
                    await Task.yield()
                    await held.change(-1)
                    semaphore.release()
                }
            }
        }
        #expect(await held.change(0) == 0)
    }
}

private actor Counter {
    private var value = 0

    @discardableResult
    func change(_ difference: Int) -> Int {
        value += difference
        return value
    }
}
