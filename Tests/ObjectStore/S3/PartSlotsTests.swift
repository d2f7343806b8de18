import Testing

@testable import ObjectStore

@Suite("Parts on their way, over all objects", .timeLimit(.minutes(5)))
struct PartSlotsTests {
    @Test("a slot goes to who waited longest, and one that nobody waits for is kept")
    func order() async {
        let slots = PartSlots(1)
        #expect(await slots.take())
        let waiting = Task { await slots.take() }
        slots.giveBack()
        #expect(await waiting.value)
        slots.giveBack()
        #expect(await slots.take())
    }

    @Test("who is cancelled while waiting gets none and takes none away")
    func cancellation() async {
        let slots = PartSlots(1)
        #expect(await slots.take())
        for _ in 0..<100 {
            let waiting = Task { await slots.take() }
            await Task.yield()
            waiting.cancel()
            #expect(await !waiting.value)
        }
        slots.giveBack()
        #expect(await slots.take())
    }

    @Test("never more than there are slots are taken, and everybody's turn comes")
    func many() async {
        let slots = PartSlots(3)
        let taken = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    #expect(await slots.take())
                    #expect(await taken.change(1) <= 3)
                    await Task.yield()
                    await taken.change(-1)
                    slots.giveBack()
                }
            }
        }
        #expect(await taken.change(0) == 0)
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
