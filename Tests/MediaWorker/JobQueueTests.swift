import Testing

@testable import MediaWorker

@Suite("Job queue")
struct JobQueueTests {
    @Test("jobs of one priority are first come, first served")
    func order() {
        for priority in JobQueue<Int>.Priority.allCases {
            var queue = filled([priority, priority, priority], storedLimit: 8)
            #expect(drain(&queue) == [0, 1, 2])
        }
    }

    @Test("quick jobs precede long ones, but a long one follows after four of them")
    func quickFirst() {
        var queue = filled([.long, .long, .quick, .quick, .quick, .quick, .quick, .quick])
        #expect(drain(&queue) == [2, 3, 4, 5, 0, 6, 7, 1])
    }

    @Test("stored objects alternate with long files")
    func turns() {
        var queue = filled([.long, .long, .long, .stored, .stored], storedLimit: 8)
        #expect(drain(&queue) == [3, 0, 4, 1, 2])
    }

    @Test("stored objects occupy no more workers than their limit")
    func storedLimit() {
        var queue = filled([.stored, .stored, .stored], storedLimit: 2)
        let begun = [queue.next()?.id, queue.next()?.id, queue.next()?.id]
        #expect(begun == [0, 1, nil], "the third worker is reserved for uploads")
        queue.finished(.stored)
        let next = queue.next()?.id
        #expect(next == 2)
    }

    @Test(
        "stored objects leave a worker to uploads where there are two; reprocessing, which accepts no uploads, uses all"
    )
    func workersForUploads() {
        var settings = ProcessPoolSettings(workers: 4)
        #expect(settings.storedLimit == 3)
        settings.workersForUploads = 0
        #expect(settings.storedLimit == 4)
        settings = ProcessPoolSettings(workers: 1)
        #expect(settings.storedLimit == 1)
    }

    @Test("a full queue accepts no job of any priority")
    func capacity() {
        var queue = JobQueue<Int>(capacity: 2, storedLimit: 1)
        let accepted = [
            queue.append(entry(0, .quick)), queue.append(entry(1, .stored)), queue.append(entry(2, .quick)),
        ]
        #expect(accepted == [true, true, false] && queue.count == 2)
        _ = queue.next()
        let isAccepted = queue.append(entry(2, .quick))
        #expect(isAccepted)
    }

    @Test("a removed job never runs; a requeued one is next")
    func removal() {
        var queue = filled([.long, .long, .long])
        let removed = [queue.remove(1)?.id, queue.remove(1)?.id]
        #expect(removed == [1, nil])
        let first = queue.next()
        if let first { queue.requeue(first) }
        #expect(drain(&queue) == [0, 2])
    }

    @Test("a job that has waited for too long is removed")
    func late() {
        var queue = JobQueue<Int>(capacity: 10, storedLimit: 1)
        let now = ContinuousClock.now
        for (id, age) in [(0, 61), (1, 59), (2, 90)] {
            _ = queue.append(.init(id: id, priority: .long, since: now - .seconds(age), job: id))
        }
        let late = queue.removeAll(before: now - .seconds(60)).map(\.id)
        #expect(late == [0, 2] && drain(&queue) == [1])
    }

    @Test("a head and a small file are quick, a large file is long")
    func priorities() throws {
        let file = try SpoolFile.inMemory()
        func priority(_ size: Int, _ depth: InspectionOrder.Depth = .full) -> JobQueue<PendingJob>.Priority {
            .init(
                InspectionJob(
                    descriptor: file.descriptor,
                    order: InspectionOrder(size: size, policy: everything, depth: depth)))
        }
        #expect(priority(1000) == .quick && priority(1 << 30, .head) == .quick)
        #expect(priority(1 << 30) == .long && priority(1 << 30, .arriving) == .long)
    }

    private func filled(_ priorities: [JobQueue<Int>.Priority], storedLimit: Int = 1) -> JobQueue<Int> {
        var queue = JobQueue<Int>(capacity: 100, storedLimit: storedLimit)
        for (id, priority) in priorities.enumerated() { _ = queue.append(entry(id, priority)) }
        return queue
    }

    private func entry(_ id: Int, _ priority: JobQueue<Int>.Priority) -> JobQueue<Int>.Entry {
        .init(id: id, priority: priority, since: .now, job: id)
    }

    private func drain(_ queue: inout JobQueue<Int>) -> [Int] {
        var ids: [Int] = []
        while let entry = queue.next() {
            queue.finished(entry.priority)
            ids.append(entry.id)
        }
        return ids
    }
}
