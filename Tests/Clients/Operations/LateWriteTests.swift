import Foundation
import TestPrograms
import Testing

@Suite("A store that completes a write after its key was deleted")
struct LateWriteTests {
    /// Once a second, a hundred times: the late write completes before the last recheck.
    private static let often = Array(repeating: "1", count: 100).joined(separator: ",")

    /// The request that is delayed, and the size of an upload that makes such a request.
    enum Write: String, CaseIterable, Sendable {
        case put = "PutObject"
        case complete = "CompleteMultipartUpload"

        func video() throws -> PaddedVideo { try PaddedVideo(bytes: self == .put ? 1 << 20 : 12 << 20) }
    }

    @Test(
        "what a dead process sent and the store does later leaves nothing in the bucket", .timeLimit(.minutes(5)),
        arguments: ["seaweedfs", "rclone"], Write.allCases)
    func afterKill(store: String, write: Write) async throws {
        let fixture = try await Fixture.start(store, rechecks: Self.often)
        let service = try TestService.start(fixture.settings)
        let token = try service.token("alice")
        try await fixture.faults.inflict("late", on: write.rawValue)
        let video = try write.video()
        let call = [
            "POST", service.base + "/bananatalk/api/v1/messages/video", "--header", "Authorization: Bearer \(token)",
            "--field", "receiver", "bob", "--file", "video", video.url.path,
        ]
        // It gets no answer.
        let upload = Task { _ = try? await Python.run("call.py", call) }
        try await eventually("the write is on its way") { try await fixture.faults.held() > 0 }
        service.process.kill()
        service.process.wait()
        await upload.value
        withExtendedLifetime(video) {}
        try await fixture.faults.inflict(nil)

        let next = try TestService.start(fixture.settings, data: service.data)
        try await fixture.expectLateWriteDeleted(next, write)
    }

    @Test(
        "what an upload gave up and the store does later leaves nothing in the bucket", .timeLimit(.minutes(5)),
        arguments: ["seaweedfs", "rclone"], Write.allCases)
    func afterGivingUp(store: String, write: Write) async throws {
        let fixture = try await Fixture.start(store, rechecks: Self.often)
        let service = try TestService.start(fixture.settings)
        try await fixture.faults.inflict("late", on: write.rawValue)
        let video = try write.video()
        let response = try await service.sendVideo(video.url, token: try service.token("alice"))
        withExtendedLifetime(video) {}
        #expect(response.status == 503)
        try await fixture.faults.inflict(nil)
        try await fixture.expectLateWriteDeleted(service, write)
    }

    @Test("what was deleted often enough is forgotten", .timeLimit(.minutes(5)))
    func afterRestart() async throws {
        let fixture = try await Fixture.start("seaweedfs", rechecks: "1,1")
        let service = try TestService.start(fixture.settings)
        let token = try service.token("alice")
        let response = try await service.sendVideo(try Sample.file("broken/truncated.mp4"), token: token)
        #expect(response.status == 400)
        try await eventually("no deletion waits") {
            let left = try await service.leftovers(and: "deletion_rechecks")
            return left["pending_deletions"] == 0 && left["deletion_rechecks"] == 0
        }
    }
}

/// A bucket, and a network before it.
private struct Fixture {
    let bucket: TestBucket
    let faults: StoreFaults
    let settings: [String: String]

    static func start(_ store: String, rechecks: String) async throws -> Fixture {
        let bucket = try await TestBucket.start(store)
        let faults = try await StoreFaults.start(before: bucket)
        let own = [
            "DARKROOM_DELETION_RECHECKS": rechecks, "DARKROOM_S3_PART_SIZE": "5", "DARKROOM_S3_DEADLINE": "4",
        ]
        return Fixture(bucket: bucket, faults: faults, settings: faults.settings.merging(own) { $1 })
    }

    /// Has the store do what it was sent, after `service` has deleted the key.
    func expectLateWriteDeleted(_ service: TestService, _ write: LateWriteTests.Write) async throws {
        try await eventually("the key was deleted once") {
            let left = try await service.leftovers(and: "deletion_rechecks")
            return left["pending_objects"] == 0 && left["pending_deletions"] == 0 && left["deletion_rechecks"] != 0
        }
        let done = try await faults.deliver()
        // A multipart upload that was aborted in the meantime cannot be completed; on a server that cannot list
        // multipart uploads they are not aborted.
        #expect(done > 0 || write == .complete)
        try await eventually("nothing is left in the bucket") {
            try await bucket.state() == ["objects": 0, "uploads": 0]
        }
        let left = try await service.leftovers()
        #expect(left["object_owners"] == 0 && left["pending_objects"] == 0)
    }
}
