import Foundation
import TestPrograms
import Testing

@Suite("Work nodes", .timeLimit(.minutes(10)))
struct WorkTests {
    @Test("a work node that is killed loses nothing: each file is processed, and each message changed once")
    func killed() async throws {
        let cluster = try await WorkCluster()
        try await cluster.service.sendVideos(48)
        let before = try await cluster.bucket.state()
        let (first, second) = (try cluster.workNode(concurrency: 2), try cluster.workNode())
        let id = try await cluster.open()
        try await eventually("some files are processed") { try await cluster.job(id).counts["done"] ?? 0 >= 6 }
        first.process.kill()
        first.process.wait()
        #expect(try await cluster.job(id).counts["done"] ?? 0 < 48)
        try await cluster.awaitCompletion(of: id)
        #expect(try await cluster.job(id).counts["done"] == 48)
        // What the killed node was writing is deleted once its process counts as ended.
        try await eventually("nothing is reserved or to be deleted", within: .seconds(300)) {
            try await cluster.state().unsettled == 0
        }
        let state = try await cluster.state()
        #expect(state.items == ["done": 48] && state.held == 0)
        // The killed node had two items at most.
        #expect((48...50).contains(state.attempts), "\(state.attempts)")
        #expect(state.referenced == 96 && state.references == 96)
        #expect(try await cluster.bucket.state() == before)
        withExtendedLifetime(second) {}
    }

    @Test("work nodes are killed again and again, and Redis forgets everything: no file is lost, none is changed twice")
    func killedOften() async throws {
        let cluster = try await WorkCluster()
        try await cluster.service.sendVideos(150)
        let before = try await cluster.bucket.state()
        let ids = [try await cluster.open(), try await cluster.open(#"{"type":"reprocess","only":["thumbnail"]}"#)]
        var nodes = [try cluster.workNode(), try cluster.workNode()]
        for round in 0..<6 {
            let done = try await cluster.job(ids[0]).counts["done"] ?? 0
            try await eventually("more files are processed", within: .seconds(300)) {
                let (state, counts) = try await cluster.job(ids[0])
                return state == "completed" || counts["done"] ?? 0 >= done + 5
            }
            nodes.removeFirst().process.kill()
            nodes.append(try cluster.workNode(concurrency: 1 + round % 2))
            if round % 4 == 2 {
                cluster.redis.stop()
                try cluster.redis.restart()
            }
        }
        for id in ids { try await cluster.awaitCompletion(of: id) }
        let counts = try await [cluster.job(ids[0]).counts, cluster.job(ids[1]).counts]
        for count in counts {
            #expect(count["failed"] == 0 && count["skipped"] == 0 && count["total"] == 150, "\(counts)")
        }
        #expect(counts.reduce(0) { $0 + ($1["done"] ?? 0) } >= 150)
        try await eventually("nothing is reserved or to be deleted", within: .seconds(300)) {
            try await cluster.state().unsettled == 0
        }
        let state = try await cluster.state()
        #expect(state.referenced == 300 && state.references == 300 && state.held == 0)
        #expect(try await cluster.bucket.state() == before)
    }

    @Test("a small job ends before a large one that was opened earlier; one that is cancelled on another node stops")
    func turns() async throws {
        let cluster = try await WorkCluster()
        try await cluster.service.sendVideos(64)
        for _ in 0..<2 {
            let answer = try await cluster.service.call(
                "POST", "/v1/media", token: cluster.token, files: ["file": try Sample.file("voice/voice.m4a")])
            #expect(answer.status == 201)
        }
        let node = try cluster.workNode()
        let other = try cluster.anotherService()
        let large = try await cluster.open(#"{"type":"reprocess","kind":"video"}"#)
        try await eventually("the large job has begun") { try await cluster.job(large).counts["done"] ?? 0 > 0 }
        let small = try await cluster.open(#"{"type":"reprocess","kind":"audio"}"#)
        try await cluster.awaitCompletion(of: small)
        let waiting = try await cluster.job(large, at: other)
        #expect(waiting.state == "running" && waiting.counts["waiting"] ?? 0 > 0, "\(waiting)")
        let cancelled = try await other.call("DELETE", "/v1/jobs/\(large)", token: cluster.token)
        #expect(cancelled.body["state"] as? String == "cancelled")
        let stopped = try await cluster.job(large)
        #expect(stopped.counts["running"] == 0)
        let next = try await cluster.open(#"{"type":"reprocess","kind":"audio"}"#)
        try await cluster.awaitCompletion(of: next)
        #expect(try await cluster.job(large).counts["done"] == stopped.counts["done"])
        withExtendedLifetime(node) {}
    }

    @Test("a work node that is asked to end finishes what it has begun; with no time left it gives it back")
    func terminated() async throws {
        let cluster = try await WorkCluster()
        try await cluster.service.sendVideos(48)
        let first = try cluster.workNode()
        let id = try await cluster.open()
        try await eventually("some files are processed") { try await cluster.job(id).counts["done"] ?? 0 > 0 }
        first.process.kill(SIGTERM)
        #expect(first.process.wait() == .exited(0))
        let second = try cluster.workNode(concurrency: 2, ["DARKROOM_SHUTDOWN_SECONDS": "0"])
        let done = try await cluster.job(id).counts["done"] ?? 0
        try await eventually("more files are processed") { try await cluster.job(id).counts["done"] ?? 0 > done }
        second.process.kill(SIGTERM)
        #expect(second.process.wait() == .exited(0))
        let left = try await cluster.state()
        #expect(left.held == 0 && left.items["waiting"] ?? 0 > 0 && left.attempts == left.items["done"])
        let third = try cluster.workNode(concurrency: 2)
        try await cluster.awaitCompletion(of: id)
        #expect(try await cluster.state().attempts == 48)
        withExtendedLifetime(third) {}
    }

    @Test("a work node answers health checks and metrics where it is told to listen")
    func health() async throws {
        let cluster = try await WorkCluster()
        let node = try cluster.workNode(["DARKROOM_LISTEN": "127.0.0.1:0", "DARKROOM_METRICS": "open"])
        let base = try #require(node.greeting.split(separator: " ").last).trimmingCharacters(in: .newlines)
        let ready = try Answer(try await Python.run("call.py", ["GET", base + "/readyz"]))
        #expect(ready.status == 200 && ready.body["redis"] as? String == "ok", "\(ready.body)")
        #expect(ready.body["chatStore"] as? String == "mongodb" && ready.body["objects"] as? String == "ok")
        #expect(try Answer(try await Python.run("call.py", ["GET", base + "/metrics"])).status == 200)
        #expect(try Answer(try await Python.run("call.py", ["GET", base + "/v1/jobs"])).status == 404)
    }

    @Test("what a work node needs is named, as is what a serving node needs that leaves jobs to others")
    func settings() async throws {
        let bare = try await Command.run(Project.darkroom, ["work"])
        #expect(bare.status == 78)
        for name in ["DARKROOM_REDIS_URL", "DARKROOM_MONGODB_URL", "DARKROOM_S3_BUCKET"] {
            #expect(bare.errors.contains(name), "\(bare.errors)")
        }
        let serving = try await Command.run(
            Project.darkroom, ["serve", "--listen", "127.0.0.1:0"], environment: ["DARKROOM_JOBS": "off"])
        #expect(serving.status == 78 && serving.errors.contains("DARKROOM_JOBS"), "\(serving.errors)")
        // Nothing is connected to before the settings are valid.
        let idle = try await Command.run(
            Project.darkroom, ["work"],
            environment: [
                "DARKROOM_JOBS": "off", "DARKROOM_REDIS_URL": "redis://127.0.0.1:1",
                "DARKROOM_S3_ENDPOINT": "http://127.0.0.1:1",
                "DARKROOM_S3_BUCKET": "media", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s",
                "DARKROOM_MONGODB_URL": "mongodb://127.0.0.1:1/?replicaSet=chat",
                "JWT_SECRET": "a secret that all nodes share",
            ])
        #expect(idle.status == 78 && idle.errors.contains("DARKROOM_JOBS"), "\(idle.errors)")
        #expect(serving.errors.contains("DARKROOM_REDIS_URL"))
    }
}
