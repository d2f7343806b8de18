import TestPrograms
import Testing

@Suite("Users who are deleted with their media, by work nodes", .timeLimit(.minutes(10)))
struct ErasureWorkTests {
    @Test("one of two nodes is killed: each file is deleted and counted once, and nothing is left in the bucket")
    func killed() async throws {
        let cluster = try await WorkCluster()
        try await cluster.service.sendVideos(96)
        let usage = try await cluster.service.call("GET", "/v1/users/alice/media", token: cluster.token)
        let stored = try #require(usage.body["usage"] as? [String: Int])
        #expect(stored["items"] == 96)
        let (first, second) = (try cluster.workNode(concurrency: 2), try cluster.workNode())
        let deleted = try await cluster.service.call(
            "DELETE", "/v1/users/alice?media=delete", token: cluster.token)
        let id = try #require(deleted.body["id"] as? String, "\(deleted.body)")
        try await eventually("some files are deleted") { try await cluster.job(id).counts["done"] ?? 0 >= 6 }
        first.process.kill()
        first.process.wait()
        try await cluster.awaitCompletion(of: id)
        let counts = try await cluster.job(id).counts
        #expect(counts["done"] == 97 && counts["failed"] == 0 && counts["bytes"] == stored["bytes"], "\(counts)")
        try await eventually("nothing is reserved or to be deleted", within: .seconds(300)) {
            try await cluster.state().unsettled == 0
        }
        let state = try await cluster.state()
        #expect(state.items == ["done": 97] && state.referenced == 0 && state.held == 0)
        try await eventually("the bucket is empty") { try await cluster.bucket.state()["objects"] == 0 }
        withExtendedLifetime(second) {}
    }
}
