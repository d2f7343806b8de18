import Foundation
import TestPrograms
import Testing

@Suite("Files with a place and a device, uploaded to a service that removes metadata", .timeLimit(.minutes(5)))
struct StoredMetadataTests {
    /// A sample to which exiftool has added a place and a device.
    private func tagged(_ sample: String, _ tags: [String]) async throws -> URL {
        let source = try Sample.file(sample)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "\(UUID().uuidString).\(source.pathExtension)")
        try FileManager.default.copyItem(at: source, to: file)
        let finished = try await Command.run(
            try Exiftool.program(), ["-q", "-overwrite_original"] + tags + [file.path])
        try #require(finished.status == 0, "\(finished.errors)")
        return file
    }

    /// What exiftool finds in the object at a URL.
    private func found(at url: Any?) async throws -> String {
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: copy) }
        _ = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"), ["-s", "-L", "-o", copy.path, try #require(url as? String)])
        return try await Command.run(try Exiftool.program(), ["-a", "-G1", "-s", copy.path]).output
    }

    private static let film = ["-Keys:GPSCoordinates=51.5, -0.1, 10", "-Keys:Model=iPhone 15", "-XMP:Creator=Joe"]
    private static let picture = [
        "-GPSLatitude=51.5", "-GPSLatitudeRef=N", "-GPSLongitude=0.1", "-GPSLongitudeRef=W", "-Model=iPhone 15",
        "-Artist=Joe",
    ]

    @Test(
        "nothing of either is in the object: not of a form's file, nor of a direct upload's",
        arguments: ["video/landscape-moov-last.mp4", "image/picture.heic"])
    func removed(sample: String) async throws {
        let service = try TestService.start(["DARKROOM_STRIP_METADATA": "all"])
        let token = try service.serviceToken()
        let isFilm = sample.hasPrefix("video")
        let file = try await tagged(sample, isFilm ? Self.film : Self.picture)
        defer { try? FileManager.default.removeItem(at: file) }
        let whole = try await service.call("POST", "/v1/media", token: token, files: ["file": file])
        #expect(whole.status == 201, "\(whole.body)")

        let type = isFilm ? "video/mp4" : "image/heic"
        let upload = try await service.call(
            "POST", "/v1/uploads", token: token,
            json: #"{"contentType":"\#(type)","size":\#(try file.byteCount)}"#)
        let url = try #require(upload.body["url"] as? String)
        _ = try await Python.run("call.py", ["PUT", url, "--header", "Content-Type: \(type)", "--body", file.path])
        let id = try #require(upload.body["id"] as? String)
        let direct = try await service.call("POST", "/v1/media", token: token, json: #"{"upload":"\#(id)"}"#)
        #expect(direct.status == 201, "\(direct.body)")

        for medium in [whole.body, direct.body] {
            let tags = try await found(at: medium["url"])
            #expect(tags.contains("ImageWidth"))
            for text in ["GPS", "iPhone", "Joe"] { #expect(!tags.contains(text), "\(tags)") }
            #expect(medium["metadataRemoved"] as? String == "all")
            #expect(medium["fileSize"] as? Int == (try file.byteCount))
        }
        #expect(whole.body["sha256"] as? String == direct.body["sha256"] as? String)
    }

    @Test("a direct upload may ask for what the settings do not remove, and for nothing unknown")
    func requested() async throws {
        let service = try TestService.start([:])
        let token = try service.serviceToken()
        let file = try await tagged("image/picture.heic", Self.picture)
        defer { try? FileManager.default.removeItem(at: file) }
        let kept = try await service.call("POST", "/v1/media", token: token, files: ["file": file])
        #expect(kept.body["metadataRemoved"] is NSNull)
        #expect(try await found(at: kept.body["url"]).contains("iPhone"))
        let upload = try await service.call(
            "POST", "/v1/uploads", token: token,
            json: #"{"contentType":"image/heic","size":\#(try file.byteCount)}"#)
        let url = try #require(upload.body["url"] as? String)
        _ = try await Python.run("call.py", ["PUT", url, "--header", "Content-Type: image/heic", "--body", file.path])
        let id = try #require(upload.body["id"] as? String)
        let refused = try await service.call(
            "POST", "/v1/media", token: token, json: #"{"upload":"\#(id)","stripMetadata":"some"}"#)
        #expect(refused.status == 400)
        let placeless = try await service.call(
            "POST", "/v1/media", token: token, json: #"{"upload":"\#(id)","stripMetadata":"location"}"#)
        #expect(placeless.body["metadataRemoved"] as? String == "location")
        let tags = try await found(at: placeless.body["url"])
        #expect(tags.contains("iPhone") && !tags.contains("GPS"))
    }

    @Test(
        "where such files are to be rejected, one that cannot be cleaned is, by each way, and nothing of it is left",
        arguments: ["clip.flv", "broken.webm"])
    func rejected(name: String) async throws {
        let service = try TestService.start(["DARKROOM_STRIP_METADATA": "all", "DARKROOM_METADATA_LEFT": "reject"])
        let token = try service.serviceToken()
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)")
        defer { try? FileManager.default.removeItem(at: file) }
        if name == "clip.flv" {
            let source = try Sample.file("video/short.mp4")
            let made = try await Command.run(
                URL(fileURLWithPath: "/usr/bin/ffmpeg"), ["-v", "error", "-i", source.path, "-c", "copy", file.path])
            try #require(made.status == 0, "\(made.errors)")
        } else {
            // Behind the segment, something else.
            try (Data(contentsOf: Sample.file("video/clip.webm")) + Data("owner: Joe".utf8)).write(to: file)
        }
        let type = name == "clip.flv" ? "video/x-flv" : "video/webm"
        let whole = try await service.call("POST", "/v1/media", token: token, files: ["file": file])
        #expect(whole.status == 422 && whole.body["code"] as? String == "metadata_left", "\(whole.body)")
        let asked = try await service.call(
            "POST", "/v1/media", token: token, fields: ["stripMetadata": "off"], files: ["file": file])
        #expect(asked.status == 201, "\(asked.body)")

        let upload = try await service.call(
            "POST", "/v1/uploads", token: token, json: #"{"contentType":"\#(type)","size":\#(try file.byteCount)}"#)
        let url = try #require(upload.body["url"] as? String, "\(upload.body)")
        _ = try await Python.run("call.py", ["PUT", url, "--header", "Content-Type: \(type)", "--body", file.path])
        let id = try #require(upload.body["id"] as? String)
        let direct = try await service.call("POST", "/v1/media", token: token, json: #"{"upload":"\#(id)"}"#)
        #expect(direct.status == 422 && direct.body["code"] as? String == "metadata_left", "\(direct.body)")

        let tus = try await Python.run("tus_upload.py", [service.base, token, file.path])
        #expect(tus.status != 0 && (tus.output + tus.errors).contains("422"), "\(tus.output) \(tus.errors)")
    }
}
