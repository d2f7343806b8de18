import Testing

@testable import MediaWorker

@Suite("The line of jobs")
struct JobLineTests {
    @Test("each lane is first come, first served")
    func order() {
        for lane in JobQueue<Int>.Priority.allCases {
            var line = filled([lane, lane, lane], storedLimit: 8)
            #expect(drain(&line) == [0, 1, 2])
        }
    }

    @Test("what is quick goes before what is long, but a long one has its turn after four of them")
    func quickFirst() {
        var line = filled([.long, .long, .quick, .quick, .quick, .quick, .quick, .quick])
        #expect(drain(&line) == [2, 3, 4, 5, 0, 6, 7, 1])
    }

    @Test("stored objects take turns with long files")
    func turns() {
        var line = filled([.long, .long, .long, .stored, .stored], storedLimit: 8)
        #expect(drain(&line) == [3, 0, 4, 1, 2])
    }

    @Test("stored objects have no more workers than are theirs")
    func storedLimit() {
        var line = filled([.stored, .stored, .stored], storedLimit: 2)
        let begun = [line.next()?.id, line.next()?.id, line.next()?.id]
        #expect(begun == [0, 1, nil], "the third worker is for uploads")
        line.finished(.stored)
        let next = line.next()?.id
        #expect(next == 2)
    }

    @Test("stored objects leave a worker to uploads where there are two; reprocessing, which takes no uploads, has all")
    func workersForUploads() {
        var settings = ProcessPoolSettings(workers: 4)
        #expect(settings.storedLimit == 3)
        settings.workersForUploads = 0
        #expect(settings.storedLimit == 4)
        settings = ProcessPoolSettings(workers: 1)
        #expect(settings.storedLimit == 1)
    }

    @Test("beyond its capacity nobody gets in line, whatever the lane")
    func capacity() {
        var line = JobQueue<Int>(capacity: 2, storedLimit: 1)
        let taken = [line.append(entry(0, .quick)), line.append(entry(1, .stored)), line.append(entry(2, .quick))]
        #expect(taken == [true, true, false] && line.count == 2)
        _ = line.next()
        let isTaken = line.append(entry(2, .quick))
        #expect(isTaken)
    }

    @Test("who is removed has no turn; who is put back has the next")
    func removal() {
        var line = filled([.long, .long, .long])
        let removed = [line.remove(1)?.id, line.remove(1)?.id]
        #expect(removed == [1, nil])
        let first = line.next()
        if let first { line.requeue(first) }
        #expect(drain(&line) == [0, 2])
    }

    @Test("who has waited for too long is taken out")
    func late() {
        var line = JobQueue<Int>(capacity: 10, storedLimit: 1)
        let now = ContinuousClock.now
        for (id, age) in [(0, 61), (1, 59), (2, 90)] {
            _ = line.append(.init(id: id, priority: .long, since: now - .seconds(age), job: id))
        }
        let late = line.removeAll(before: now - .seconds(60)).map(\.id)
        #expect(late == [0, 2] && drain(&line) == [1])
    }

    @Test("a head and a small file are quick, a large one is long, one in a store is neither")
    func lanes() throws {
        let file = try SpoolFile.inMemory()
        func lane(_ size: Int, _ depth: InspectionOrder.Depth = .full) -> JobQueue<PendingJob>.Priority {
            .init(
                InspectionJob(
                    descriptor: file.descriptor,
                    order: InspectionOrder(size: size, policy: everything, depth: depth)))
        }
        #expect(lane(1000) == .quick && lane(1 << 30, .head) == .quick)
        #expect(lane(1 << 30) == .long && lane(1 << 30, .arriving) == .long)
    }

    private func filled(_ lanes: [JobQueue<Int>.Priority], storedLimit: Int = 1) -> JobQueue<Int> {
        var line = JobQueue<Int>(capacity: 100, storedLimit: storedLimit)
        for (id, lane) in lanes.enumerated() { _ = line.append(entry(id, lane)) }
        return line
    }

    private func entry(_ id: Int, _ priority: JobQueue<Int>.Priority) -> JobQueue<Int>.Entry {
        .init(id: id, priority: priority, since: .now, job: id)
    }

    private func drain(_ line: inout JobQueue<Int>) -> [Int] {
        var ids: [Int] = []
        while let entry = line.next() {
            line.finished(entry.priority)
            ids.append(entry.id)
        }
        return ids
    }
}
