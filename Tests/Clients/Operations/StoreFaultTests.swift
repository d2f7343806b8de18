import Foundation
import TestPrograms
import Testing

@Suite("A bucket on a bad day")
struct StoreFaultTests {
    /// Short deadlines, so that what fails fails soon.
    private static let shortDeadlines = ["DARKROOM_S3_DEADLINE": "4", "DARKROOM_S3_ABANDONED_AFTER": "1"]

    @Test("a fault that passes is not noticed: the upload becomes a message", .timeLimit(.minutes(8)))
    func passing() async throws {
        let file = try PaddedVideo(bytes: 20 << 20)
        try await Self.withEachKind { kind in
            let bucket = try await TestBucket.start("rclone")
            let faults = try await StoreFaults.start(before: bucket)
            let deadline = ["DARKROOM_S3_DEADLINE": "12"]
            let service = try TestService.start(faults.settings.merging(deadline) { $1 })
            try await faults.inflict(kind, times: 1)
            let response = try await service.sendVideo(file.url, token: try service.token("alice"))
            #expect(response.status == 201, "\(kind): \(response.body)")
            #expect(try await faults.inflict(nil) > 0, "\(kind)")
            let state = try await bucket.state()
            #expect(state["objects"] == 2, "\(kind)")
            // A multipart upload whose creation got no response is aborted by the collector of abandoned uploads.
            #expect(state["uploads"] == 0 || ["lost", "half", "truncated"].contains(kind), "\(kind)")
        }
    }

    @Test(
        "through a fault that persists an upload is answered 503 within its deadline, and nothing of it remains once the store is back",
        .timeLimit(.minutes(8)))
    func storeStaysAway() async throws {
        let file = try PaddedVideo(bytes: 20 << 20)
        try await Self.withEachKind { kind in
            let bucket = try await TestBucket.start("rclone")
            let faults = try await StoreFaults.start(before: bucket)
            var service: TestService? = try TestService.start(faults.settings.merging(Self.shortDeadlines) { $1 })
            let data = try #require(service?.data)
            let kept = data.appendingPathExtension("kept")
            try await faults.inflict(kind)
            let response = try await #require(service).sendVideo(file.url, token: try #require(service).token("alice"))
            #expect(response.status == 503 && response.headers["retry-after"] != nil, "\(kind): \(response.status)")
            #expect(response.body["success"] as? Bool == false && response.error?.isEmpty == false, "\(kind)")
            #expect(try await faults.inflict(nil) > 0, "\(kind)")
            // What could not be aborted is what the next start finds abandoned.
            try FileManager.default.copyItem(at: data, to: kept)
            service = nil
            let next = try TestService.start(faults.settings.merging(Self.shortDeadlines) { $1 }, data: kept)
            try await eventually("nothing is left in the bucket") {
                try await bucket.state() == ["objects": 0, "uploads": 0]
            }
            let left = try await next.leftovers()
            #expect(left["object_owners"] == 0, "\(kind): \(left)")
        }
    }

    private static func withEachKind(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for kind in StoreFaults.kinds { group.addTask { try await body(kind) } }
            try await group.waitForAll()
        }
    }

    @Test("a gigabyte of MP4 is stored in the bucket without a file on the disk", .timeLimit(.minutes(8)))
    func diskless() async throws {
        let bucket = try await TestBucket.start("rclone")
        let service = try TestService.start(bucket.settings)
        let file = try PaddedVideo(bytes: 1_070_000_000)
        let token = try service.token("alice")
        let before = try service.bytesWrittenToDisk()
        let sent = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            [
                "--silent", "--show-error", "--header", "Authorization: Bearer \(token)", "--form", "receiver=bob",
                "--form", "video=@\(file.url.path);type=video/mp4", service.base + "/bananatalk/api/v1/messages/video",
            ])
        let response = try #require(try sent.json() as? [String: Any], "\(sent.errors)")
        let media = (response["data"] as? [String: Any])?["media"] as? [String: Any]
        #expect(media?["fileSize"] as? Int == file.size, "\(response)")
        // The database's pages are all.
        #expect(try service.bytesWrittenToDisk() - before < 4 << 20)
    }
}

/// A sample that is followed by a box of nothing, to any size; sparse on the disk.
final class PaddedVideo: Sendable {
    let url: URL
    let size: Int

    init(bytes: Int) throws {
        let sample = try Data(contentsOf: try Sample.file("video/short.mp4"))
        url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).mp4")
        size = bytes
        let padding = UInt32(bytes - sample.count)
        var content = sample
        withUnsafeBytes(of: padding.bigEndian) { content.append(contentsOf: $0) }
        content.append(Data("free".utf8))
        try content.write(to: url)
        let handle = try FileHandle(forWritingTo: url)
        try handle.truncate(atOffset: UInt64(bytes))
        try handle.close()
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

extension TestService {
    /// What the process has caused to be written to disks so far (`write_bytes` of proc(5)).
    fileprivate func bytesWrittenToDisk() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process.identifier)/io", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("write_bytes: ") })
        return try #require(Int(line.dropFirst("write_bytes: ".count)))
    }
}
