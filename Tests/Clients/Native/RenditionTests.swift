import Foundation
import TestPrograms
import Testing

@Suite("Renditions", .timeLimit(.minutes(20)))
struct RenditionTests {
    /// Videos and sounds as telephones send them.
    private struct Files {
        let folder: URL

        init() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        func remove() throws { try FileManager.default.removeItem(at: folder) }

        func made(_ name: String, _ arguments: [String]) async throws -> URL {
            let file = folder.appendingPathComponent(name)
            let finished = try await Command.run(
                URL(fileURLWithPath: "/usr/bin/env"), ["ffmpeg", "-v", "error", "-y"] + arguments + [file.path])
            try #require(finished.status == 0, "\(finished.errors)")
            return file
        }

        /// HEVC, which no Chromium of Debian plays.
        func video(seconds: Int, size: String = "1280x960") async throws -> URL {
            let source = "testsrc2=size=\(size):rate=25:duration=\(seconds)"
            return try await made(
                "clip.mov",
                ["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine=duration=\(seconds)", "-c:v", "libx265"]
                    + ["-preset", "ultrafast", "-x265-params", "log-level=error", "-tag:v", "hvc1", "-c:a", "ac3"])
        }
    }

    private static let settings = [
        "DARKROOM_RENDITIONS": "video:h264-720p,voice:m4a", "DARKROOM_CORS_ORIGINS": "*",
    ]

    @Test("follow each upload by setting and by request; Chromium plays them, and they are deleted with the medium")
    func played() async throws {
        let files = try Files()
        let service = try TestService.start(Self.settings)
        let token = try service.serviceToken()
        let video = try await service.upload(try await files.video(seconds: 3), token: token)
        let voice = try await service.upload(try Sample.file("voice/voice.ogg"), token: token)
        #expect((video["renditions"] as? [[String: Any]])?.first?["status"] as? String == "pending")
        let film = try await service.awaitRendition("video:h264-720p", of: video, token: token)
        #expect(film["status"] as? String == "ready" && film["mimeType"] as? String == "video/mp4")
        #expect(film["dimensions"] as? [String: Int] == ["width": 960, "height": 720])
        let sound = try await service.awaitRendition("voice:m4a", of: voice, token: token)
        #expect(sound["status"] as? String == "ready" && sound["mimeType"] as? String == "audio/mp4")

        let voiceID = try #require(voice["id"] as? String)
        let asked = try await service.call(
            "POST", "/v1/media/\(voiceID)/renditions", token: token, json: #"{"renditions":["voice:opus"]}"#)
        #expect(asked.status == 202, "\(asked.body)")
        // The file itself is Opus in Ogg.
        let opus = try await service.awaitRendition("voice:opus", of: voice, token: token)
        #expect(opus["status"] as? String == "original" && opus["fileSize"] as? Int == voice["fileSize"] as? Int)
        for (rendition, seconds, height) in [(film, 3, 720), (sound, 7.2, 0), (opus, 7.2, 0)] {
            let url = try #require(rendition["url"] as? String)
            let played = try await Browser.run("play.js", on: service, parameters: ["url": url])
            #expect(abs((played.first?["duration"] as? Double ?? 0) - seconds) < 0.2)
            #expect(played.first?["height"] as? Int == height)
        }
        for body in [#"{"renditions":["video:h264-720p"]}"#, #"{"renditions":["mp4"]}"#, #"{"renditions":[]}"#, "{}"] {
            let refused = try await service.call(
                "POST", "/v1/media/\(voiceID)/renditions", token: token, json: body)
            #expect(refused.status == 400, "\(body): \(refused.body)")
        }
        for medium in [video, voice] {
            let id = try #require(medium["id"] as? String)
            #expect(try await service.call("DELETE", "/v1/media/\(id)", token: token).status == 204)
        }
        try await service.awaitEmptyStore()
        try files.remove()
    }

    @Test("are shown by the messages' media, and kill -9 amid a job loses none and leaves nothing")
    func killed() async throws {
        let files = try Files()
        let first = try TestService.start(Self.settings)
        let token = try first.serviceToken()
        let video = try await first.upload(try await files.video(seconds: 60), token: token)
        let renditions = try #require(video["renditions"] as? [[String: Any]])
        let job = try #require(renditions.first?["job"] as? String)
        // It has read a part of the video.
        try await eventually("the rendition is begun") {
            let read = try await first.call("GET", "/v1/jobs/\(job)", token: token)
            return (read.body["progress"] as? Double ?? 0) > 0
        }
        first.end()
        let service = try first.restarted(Self.settings)
        let made = try await service.awaitRendition("video:h264-720p", of: video, token: try service.serviceToken())
        #expect(made["status"] as? String == "ready" && made["job"] as? String == job)
        #expect(abs((made["duration"] as? Double ?? 0) - 60) < 0.2)
        try await eventually("one rendition is stored") { try service.storedFiles().count == 3 }
        try files.remove()
    }

    @Test("are cancelled with their job, and made when they are asked for again; the medium may be deleted meanwhile")
    func cancelled() async throws {
        let files = try Files()
        let service = try TestService.start(Self.settings)
        let token = try service.serviceToken()
        let video = try await service.upload(try await files.video(seconds: 30), token: token)
        let id = try #require(video["id"] as? String)
        let job = try #require((video["renditions"] as? [[String: Any]])?.first?["job"] as? String)
        try await eventually("the rendition is begun") {
            let read = try await service.call("GET", "/v1/jobs/\(job)", token: token)
            return (read.body["progress"] as? Double ?? 0) > 0
        }
        let cancelled = try await service.call("DELETE", "/v1/jobs/\(job)", token: token)
        #expect(cancelled.status == 200 && cancelled.body["type"] as? String == "rendition")
        let medium = try await service.call("GET", "/v1/media/\(id)", token: token)
        #expect((medium.body["renditions"] as? [[String: Any]])?.first?["status"] as? String == "cancelled")
        let again = try await service.call(
            "POST", "/v1/media/\(id)/renditions", token: token, json: #"{"renditions":["video:h264-720p"]}"#)
        let other = try #require((again.body["renditions"] as? [[String: Any]])?.first?["job"] as? String)
        #expect(other != job)
        #expect(try await service.call("DELETE", "/v1/media/\(id)", token: token).status == 204)
        try await eventually("the job ends") {
            try await service.call("GET", "/v1/jobs/\(other)", token: token).body["state"] as? String == "completed"
        }
        try await service.awaitEmptyStore()
        try files.remove()
    }
}

extension TestService {
    fileprivate func upload(_ file: URL, token: String) async throws -> [String: Any] {
        let answer = try await call("POST", "/v1/media", token: token, files: ["file": file])
        try #require(answer.status == 201, "\(answer.body)")
        return answer.body
    }

    /// The rendition once it is not pending any more.
    fileprivate func awaitRendition(
        _ name: String, of medium: [String: Any], token: String
    ) async throws -> [String: Any] {
        let id = try #require(medium["id"] as? String)
        while true {
            let answer = try await call("GET", "/v1/media/\(id)", token: token)
            try #require(answer.status == 200, "\(answer.body)")
            let renditions = answer.body["renditions"] as? [[String: Any]] ?? []
            let found = try #require(renditions.first { $0["name"] as? String == name })
            if found["status"] as? String != "pending" { return found }
        }
    }

    /// The objects in the folder store.
    fileprivate func storedFiles() throws -> [String] {
        let folder = data.appendingPathComponent("store/objects").path
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return files.filter { path in
            guard !path.hasSuffix("~attributes.json") else { return false }
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }

    fileprivate func awaitEmptyStore() async throws {
        try await eventually("nothing is stored any more") { try storedFiles().isEmpty }
    }
}
