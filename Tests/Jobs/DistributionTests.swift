import ChatBridge
import ChatStoreSQLite
import Foundation
import MediaModel
import Redis
import TestPrograms
import Testing

@testable import Jobs

@Suite("Jobs of several nodes", .timeLimit(.minutes(5)))
struct DistributionTests {
    @Test("all nodes process the items of a job, each item once, and leave nothing in the queue")
    func shared() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(12)
        let (first, second) = (GatedWorkers(passing: 1), GatedWorkers(passing: 1))
        let queue = nodes.queue()
        let node = nodes.node(queue, workers: first)
        let job = try await nodes.open(at: node)
        try await running(node, nodes.node(nodes.queue(), workers: second)) {
            try await eventually("both nodes process items") { first.count >= 3 && second.count >= 3 }
            first.open()
            second.open()
            try await nodes.awaitCompletion(of: job)
            try await eventually("the queue is empty") {
                try await queue.counts() == ItemQueue.Counts(waiting: 0, taken: 0, deadLetters: 0)
            }
        }
        #expect(first.count + second.count == 12)
        #expect(try await nodes.counts(job).items == [.done: 12])
        #expect(try await nodes.archive.keys().count == 24)
        #expect(try await nodes.archive.chat.pendingDeletions(limit: 10).isEmpty)
        #expect(try await nodes.archive.chat.abandonedObjects(reservedFor: .zero).isEmpty)
    }

    @Test("what a node took that is not heard of any more, another processes")
    func deadNode() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(4)
        let coordinator = nodes.node(nodes.queue(), processesItems: false)
        let job = try await nodes.open(at: coordinator)
        let dead = nodes.queue()
        try await running(coordinator) {
            let taken = try await nodes.take(from: dead)
            guard
                case .begun(let item, _) = try await nodes.archive.chat.begin(
                    taken.item, of: job, by: dead.consumer, isTakeover: false)
            else { throw ProgramFailure("not begun") }
            try await nodes.archive.chat.reserve("of-the-dead.jpg", for: item)
            try await running(nodes.node(nodes.queue(expiry: .milliseconds(500)))) {
                try await nodes.awaitCompletion(of: job)
            }
            #expect(try await nodes.archive.chat.end(item, .made, change: nil) == nil)
        }
        #expect(try await nodes.counts(job).items == [.done: 4])
        #expect(try await nodes.archive.chat.pendingDeletions(limit: 10) == ["of-the-dead.jpg"])
    }

    @Test("a node that was taken for dead discards what it has made, and the records keep what the other has made")
    func takenForDead() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(1)
        let workers = GatedWorkers(passing: 0)
        let slow = nodes.node(nodes.queue(), workers: workers)
        let job = try await nodes.open(at: slow)
        try await running(slow) {
            try await eventually("the slow node processes the item") { workers.count == 1 }
            let other = nodes.queue(expiry: .zero)
            let taken = try #require(try await other.takeOver(limit: 10).first)
            #expect(taken.isTakeover)
            guard
                case .begun(let item, _) = try await nodes.archive.chat.begin(
                    taken.item, of: job, by: other.consumer, isTakeover: true)
            else { throw ProgramFailure("not begun") }
            try await nodes.archive.chat.reserve("of-the-other.jpg", for: item)
            let change = MediaChange(objects: ["of-the-other.jpg"]) { record in
                var record = record
                record.thumbnailKey = "of-the-other.jpg"
                return record
            }
            #expect(try await nodes.archive.chat.end(item, .made, change: change) == .done)
            workers.open()
            try await nodes.awaitCompletion(of: job)
        }
        try await nodes.archive.deleteOrphans()
        #expect(try await nodes.archive.chat.records(of: "0.mp4").first?.thumbnailKey == "of-the-other.jpg")
        #expect(try await nodes.archive.keys() == ["0.mp4"])
    }

    @Test("a small job ends before a large one that was opened earlier")
    func turns() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(60, prefix: "large/")
        try await nodes.addVideos(2, prefix: "small/")
        let node = nodes.node(nodes.queue(), concurrency: 1)
        let large = try await nodes.open(MediaJobRequest(prefix: "large/"), at: node)
        try await running(node) {
            try await eventually("the large job has begun") { try await nodes.counts(large)[.done] > 0 }
            let small = try await nodes.open(MediaJobRequest(prefix: "small/"), at: node)
            try await nodes.awaitCompletion(of: small)
            #expect(try await nodes.counts(large)[.waiting] > 0)
            try await nodes.awaitCompletion(of: large)
        }
        #expect(try await nodes.counts(large).items == [.done: 60])
    }

    @Test("a job that is cancelled on one node ends on all, and what was being processed is discarded")
    func cancelled() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(8)
        let workers = GatedWorkers(passing: 1)
        let node = nodes.node(nodes.queue(), workers: workers)
        let other = nodes.node(nodes.queue())
        let queue = nodes.queue()
        let job = try await nodes.open(at: node)
        try await running(node) {
            try await eventually("two items are held") { workers.count == 3 }
            #expect(try await other.cancel(job)?.state == .cancelled)
            #expect(try await nodes.counts(job)[.running] == 0)
            workers.open()
            let next = try await nodes.open(MediaJobRequest(kind: .audio), at: node)
            try await nodes.awaitCompletion(of: next)
            try await eventually("the queue is empty") {
                let counts = try await queue.counts()
                return counts.waiting + counts.taken == 0
            }
        }
        try await nodes.archive.deleteOrphans()
        let counts = try await nodes.counts(job)
        #expect(counts[.done] == 1 && counts[.waiting] == 7)
        #expect(try await nodes.archive.keys().count == 9)
    }

    @Test("without Redis a job waits; it continues when Redis is back, also when Redis has forgotten everything")
    func redisRestarts() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(10)
        let workers = GatedWorkers(passing: 2)
        let node = nodes.node(nodes.queue(expiry: .seconds(2)), workers: workers)
        let job = try await nodes.open(at: node)
        try await running(node) {
            try await eventually("some items have ended") { workers.count == 4 }
            nodes.redis.stop()
            workers.open()
            try await eventually("what was begun is finished") { try await nodes.counts(job)[.done] == 4 }
            #expect(try await nodes.archive.chat.job(job)?.state == .running)
            try nodes.redis.restart()
            try await nodes.awaitCompletion(of: job)
        }
        #expect(try await nodes.counts(job).items == [.done: 10])
        #expect(workers.count == 10)
    }

    @Test("a node that ends gives back what it has begun, which counts as not begun")
    func stopped() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(6)
        let workers = GatedWorkers(passing: 1)
        let node = nodes.node(nodes.queue(), workers: workers)
        let job = try await nodes.open(at: node)
        let task = Task { await node.run() }
        try await eventually("two items are held") { workers.count == 3 }
        task.cancel()
        workers.open()
        await task.value
        #expect(try await nodes.counts(job).items == [.done: 1, .waiting: 5])
        let next = GatedWorkers(passing: .max)
        try await running(nodes.node(nodes.queue(), workers: next)) { try await nodes.awaitCompletion(of: job) }
        #expect(next.count == 5)
        #expect(try await nodes.counts(job).items == [.done: 6])
    }

    @Test("a node that is asked to stop finishes what it has begun, and takes nothing more")
    func finished() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(6)
        let workers = GatedWorkers(passing: 1)
        let node = nodes.node(nodes.queue(), workers: workers)
        let job = try await nodes.open(at: node)
        try await running(node) {
            try await eventually("two items are held") { workers.count == 3 }
            let end = Task { await node.finish() }
            try await eventually("the node takes nothing more") { node.isFinishing }
            workers.open()
            await end.value
            #expect(try await nodes.counts(job).items == [.done: 3, .waiting: 3])
        }
    }

    @Test("when the node that coordinates a job is not heard of, another coordinates it")
    func coordinatorGone() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(2)
        let node = nodes.node(nodes.queue(), lease: 0.5)
        let job = try await nodes.open(at: node)
        guard case .granted = try await nodes.archive.chat.claim(job, by: "gone", lease: .seconds(60)) else {
            throw ProgramFailure("not granted")
        }
        try await running(node) { try await nodes.awaitCompletion(of: job) }
        #expect(try await nodes.counts(job).items == [.done: 2])
    }

    @Test("an item whose holders were lost again and again fails, and is a dead letter")
    func deadLetter() async throws {
        let nodes = try Nodes()
        try await nodes.addVideos(1)
        let (queue, lost) = (nodes.queue(expiry: .milliseconds(300)), nodes.queue())
        let coordinator = nodes.node(nodes.queue(), processesItems: false)
        let job = try await nodes.open(at: coordinator)
        try await running(coordinator) {
            let taken = try await nodes.take(from: lost)
            for _ in 0..<MediaJobItem.maximumAttempts {
                let begun = try await nodes.archive.chat.begin(
                    taken.item, of: job, by: lost.consumer, isTakeover: true)
                guard case .begun = begun else { throw ProgramFailure("not begun") }
            }
            try await running(nodes.node(queue)) { try await nodes.awaitCompletion(of: job) }
        }
        #expect(try await nodes.counts(job).items == [.failed: 1])
        let failures = try await nodes.archive.chat.failures(of: job, after: 0, limit: 10)
        #expect(failures.map(\.reason.code) == ["interrupted"])
        try await eventually("there is a dead letter") { try await queue.counts().deadLetters == 1 }
        let client = RedisClient(RedisOptions(port: nodes.redis.port, timeout: .seconds(60)), logger: nodes.logger)
        let letters = try await client.run("XRANGE", "darkroom:jobs:dead", "-", "+").elements
        let fields = letters[0].elements[1].pairs.map { "\($0.text ?? "")=\($1.text ?? "")" }
        #expect(fields.contains("object=0.mp4") && fields.contains("code=interrupted"))
        #expect(fields.contains("job=\(job)") && fields.contains("attempts=6"))
    }

    @Test("the window of a job grows while nodes empty it, and shrinks while its items wait")
    func window() {
        var window = ItemWindow()
        let smallest = window.size
        window.update(left: 0, added: window.size)
        #expect(window.size == smallest)
        for _ in 0..<3 { window.update(left: 0, added: window.size) }
        #expect(window.size == 8 * smallest)
        let busy = window.pause
        for _ in 0..<20 { window.update(left: window.size, added: 0) }
        #expect(window.size == smallest && window.pause > busy)
        for _ in 0..<100 { window.update(left: 0, added: window.size) }
        #expect(window.size <= 256 && window.pause == busy)
    }
}

extension Nodes {
    /// Takes an entry as soon as there is one.
    fileprivate func take(from queue: ItemQueue) async throws -> QueuedItem {
        var taken: QueuedItem?
        try await eventually("there is an entry") {
            taken = try await queue.take(limit: 1).first
            return taken != nil
        }
        guard let taken else { throw ProgramFailure("no entry") }
        return taken
    }
}
