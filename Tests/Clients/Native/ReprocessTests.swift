import Foundation
import TestPrograms
import Testing

@Suite("Reprocessing what is stored", .timeLimit(.minutes(10)))
struct ReprocessTests {
    private static let smaller = ["DARKROOM_THUMBNAIL_SIDE": "100"]

    @Test(
        "of 1,000 media (300 with MongoDB), with a kill -9 in the middle, each is done exactly once, none is skipped, nothing is left"
    )
    func killed() async throws {
        let count = TestService.usesMongoDB ? 300 : 1000
        let service = try TestService.start()
        try await service.sendVideos(count)
        let before = try await ArchiveState.of(service)
        // The service runs meanwhile, on the same rows and objects.
        let killed = try await KilledRun.run(
            service, signal: "SIGKILL", after: count / 3, ["--jobs", "2"], environment: Self.smaller)
        #expect(killed.status == -9 && killed.done.count >= count / 3 && killed.done.count < count)
        let resumed = try await service.reprocess("--jobs", "2", environment: Self.smaller)
        #expect(resumed.status == 0, "\(resumed.errors)")
        let number = count == 1000 ? "1,000" : "\(count)"
        #expect(resumed.output.contains("\(number) media: \(number) regenerated, 0 unchanged, 0 skipped, 0 failed"))
        let state = try await ArchiveState.of(service)
        #expect(state.items == ["done": count] && state.jobs == 1)
        // Only what the killed run was at was begun twice, and what it had done was not touched again.
        #expect(state.attempts <= count + 2)
        #expect(killed.done.allSatisfy { state.done[$0.key] == $0.value })
        #expect(Set(state.shown).count == count && Set(state.shown).isDisjoint(with: before.shown))
        #expect(state.pending == 0)
        // With MongoDB it shows after half a minute that the killed run, which had begun some deletions, has ended.
        try await eventually("nothing is stored but what is shown") {
            let state = try await ArchiveState.of(service)
            return state.pendingDeletions == 0 && state.stored == state.shown
        }
    }

    @Test("Ctrl-C ends a run once the current media are done, and the same command resumes it; another starts its own")
    func interrupted() async throws {
        let service = try TestService.start()
        try await service.sendVideos(60)
        let run = try await KilledRun.run(
            service, signal: "SIGINT", after: 10, ["--jobs", "2", "--kind", "video"], environment: Self.smaller)
        #expect(run.status == 130 && (10..<60).contains(run.done.count))
        #expect(try await ArchiveState.of(service).items["running"] == nil)
        let other = try await service.reprocess("--kind", "image", environment: Self.smaller)
        #expect(other.status == 0 && other.output.contains("0 media"))
        let resumed = try await service.reprocess("--kind", "video", environment: Self.smaller)
        #expect(resumed.status == 0 && resumed.errors.contains("going on at \(run.done.count) of 60"))
        #expect(resumed.output.contains("60 media: 60 regenerated"))
        let again = try await service.reprocess("--kind", "video", environment: Self.smaller)
        #expect(again.output.contains("60 media: 0 regenerated, 60 unchanged"))
        // The service deletes old thumbnails, too, and may be at some of them when the run ends.
        try await eventually("nothing is stored but what is shown") {
            let state = try await ArchiveState.of(service)
            return state.attempts == 60 && state.stored == state.shown
        }
    }

    @Test("a message shows the new thumbnail, a dry run changes nothing, and failures are reported with their reason")
    func reported() async throws {
        let service = try TestService.start()
        let token = try service.token("alice")
        let sent = try await service.sendVideo(try Sample.file("video/landscape.mp4"), token: token)
        let lost = try await service.sendVideo(try Sample.file("video/short.mp4"), token: token)
        let before = try await ArchiveState.of(service)
        let dry = try await service.reprocess("--dry-run", environment: Self.smaller)
        #expect(dry.status == 0 && dry.output.split(separator: "\n").count == 2)
        #expect(dry.errors.contains("2 media would be reprocessed"))
        #expect(try await ArchiveState.of(service).stored == before.stored)

        let key = try #require(dry.output.split(separator: "\n").last.map(String.init))
        try FileManager.default.removeItem(at: service.data.appendingPathComponent("store/objects/\(key)"))
        let run = try await service.reprocess("--only", "thumbnail", environment: Self.smaller)
        #expect(run.status == 1)
        #expect(run.output.contains("2 media: 1 regenerated, 0 unchanged, 0 skipped, 1 failed"))
        #expect(run.output.contains("\(key)\tstore_not_found\t"))

        let id = try #require(sent.data["_id"] as? String)
        let list = try await service.call("GET", "/bananatalk/api/v1/messages/conversation/alice/bob", token: token)
        let shown = try #require((list.body["data"] as? [[String: Any]])?.first { $0["_id"] as? String == id })
        let media = try #require(shown["media"] as? [String: Any])
        let thumbnail = try #require(media["thumbnail"] as? String)
        #expect(thumbnail != sent.media["thumbnail"] as? String && thumbnail.contains("-thumb-"))
        #expect(try await Python.run("call.py", ["GET", thumbnail]).output.contains("\"status\": 200"))
        let old = try #require(sent.media["thumbnail"] as? String)
        #expect(try await Python.run("call.py", ["GET", old]).output.contains("\"status\": 404"))
        #expect(lost.status == 201)

        let keys = service.data.appendingPathComponent("keys.txt")
        try Data("\(key)\nbananatalk/video/nobody.mp4\n".utf8).write(to: keys)
        let named = try await service.reprocess("--keys", keys.path)
        #expect(named.status == 1 && named.output.contains("bananatalk/video/nobody.mp4\tnot_shown\t"))
    }

    @Test(
        "over a bucket every kind of medium comes out as it was when it was uploaded whole",
        arguments: ["rclone", "seaweedfs"])
    func bucket(kind: String) async throws {
        let bucket = try await TestBucket.start(kind)
        let service = try TestService.start(bucket.settings)
        let token = try service.serviceToken()
        let files = [
            "video/landscape.mp4", "video/landscape-moov-last.mp4", "video/clip.webm", "video/fragmented.mp4",
            "voice/voice.m4a", "voice/voice.ogg", "image/orientation-6.jpg", "image/picture.webp",
        ]
        for file in files {
            let response = try await service.call(
                "POST", "/v1/media", token: token, files: ["file": try Sample.file(file)])
            #expect(response.status == 201)
        }
        let objects = try await bucket.state()
        let same = try await service.reprocess(environment: bucket.settings)
        #expect(same.output.contains("8 media: 0 regenerated, 8 unchanged"), "\(same.output) \(same.errors)")
        #expect(try await bucket.state() == objects)
        let smaller = try await service.reprocess(
            "--only", "thumbnail", environment: bucket.settings.merging(Self.smaller) { $1 })
        #expect(smaller.output.contains("6 media: 6 regenerated"), "\(smaller.output) \(smaller.errors)")
        #expect(try await bucket.state() == objects)
    }

    @Test(
        "an invalid command line is rejected with what is valid",
        arguments: [
            (["--kind", "document"], "--kind takes one of"), (["--only", "sound"], "--only takes a list of"),
            (["--since", "yesterday"], "--since takes a date or a time"), (["--jobs", "0"], "--jobs takes"),
            (["--keys", "/nowhere"], "cannot read /nowhere"),
            (["--keys", "-", "--kind", "video"], "--keys goes with no"),
            (["--kind", "audio", "--only", "thumbnail"], "have nothing of what --only names"),
            (["x"], "unexpected word"),
        ])
    func usage(arguments: [String], complaint: String) async throws {
        let finished = try await Command.run(Project.darkroom, ["reprocess"] + arguments)
        #expect(finished.status == 2 && finished.errors.contains(complaint), "\(finished.errors)")
    }

    @Test("a folder on which the service never ran is named, not made")
    func nothing() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        let finished = try await Command.run(Project.darkroom, ["reprocess", "--data", folder.path])
        #expect(finished.status == 78 && finished.errors.contains("the service has not run on"))
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
