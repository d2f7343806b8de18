import Foundation
import TestPrograms
import Testing

@Suite("Limits of files, of the settings and of requests", .timeLimit(.minutes(5)))
struct FileLimitTests {
    private static let settings = [
        "DARKROOM_MAX_SIZE": "video=2,image=1,audio=2", "DARKROOM_MAX_DURATION": "video=3,audio=60",
        "DARKROOM_ACCEPTED_PIXELS": "image=3000000", "DARKROOM_ACCEPTED_KINDS": "video,audio,image",
    ]

    private func expect(_ answer: Answer, _ status: Int, _ code: String, names origin: String) {
        #expect(answer.status == status && answer.body["code"] as? String == code, "\(answer.body)")
        let detail = answer.body["detail"] as? String ?? ""
        #expect(detail.contains("(\(origin))"), "\(detail)")
    }

    /// A direct upload whose bytes are written; its ID.
    private func written(_ file: URL, _ type: String, to service: TestService, token: String) async throws -> String {
        let upload = try await service.call(
            "POST", "/v1/uploads", token: token, json: #"{"contentType":"\#(type)","size":\#(try file.byteCount)}"#)
        let url = try #require(upload.body["url"] as? String, "\(upload.body)")
        _ = try await Python.run("call.py", ["PUT", url, "--header", "Content-Type: \(type)", "--body", file.path])
        return try #require(upload.body["id"] as? String)
    }

    /// An object that others have written.
    private func stored(_ file: URL, as key: String, at service: TestService) throws {
        let place = service.data.appendingPathComponent("store/objects/\(key)")
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: file, to: place)
    }

    @Test("what the settings do not accept is rejected on every way, and the error names the setting")
    func settings() async throws {
        let service = try TestService.start(Self.settings)
        let token = try service.serviceToken()
        let film = try Sample.file("video/landscape.mp4")
        let text = try Sample.file("broken/playlist.mp4")
        let form = try await service.call("POST", "/v1/media", token: token, files: ["file": film])
        expect(form, 422, "media_too_long", names: "DARKROOM_MAX_DURATION")
        expect(
            try await service.call("POST", "/v1/media", token: token, files: ["file": text]), 415, "media_unsupported",
            names: "DARKROOM_ACCEPTED_KINDS")

        let id = try await written(film, "video/mp4", to: service, token: token)
        expect(
            try await service.call("POST", "/v1/media", token: token, json: #"{"upload":"\#(id)"}"#), 422,
            "media_too_long", names: "DARKROOM_MAX_DURATION")
        let large = try await service.call(
            "POST", "/v1/uploads", token: token, json: #"{"contentType":"image/png","size":1048577}"#)
        expect(large, 413, "media_too_large", names: "DARKROOM_MAX_SIZE")
        #expect(large.body["maxSize"] as? Int == 1 << 20)
        expect(
            try await service.call(
                "POST", "/v1/uploads", token: token, json: #"{"contentType":"application/pdf","size":5}"#), 415,
            "media_unsupported", names: "DARKROOM_ACCEPTED_KINDS")

        try stored(film, as: "legacy/film.mp4", at: service)
        expect(
            try await service.call("POST", "/v1/media", token: token, json: #"{"key":"legacy/film.mp4"}"#), 422,
            "media_too_long", names: "DARKROOM_MAX_DURATION")

        let resumable = try await service.call(
            "POST", "/v1/resumable", token: token, body: film, headers: ["Upload-Complete": "?1"])
        expect(resumable, 422, "media_too_long", names: "DARKROOM_MAX_DURATION")
        let tus = try await service.call(
            "POST", "/v1/tus", token: token, headers: ["Tus-Resumable": "1.0.0", "Upload-Length": "2097153"])
        expect(tus, 413, "media_too_large", names: "DARKROOM_MAX_SIZE")
        let options = try await service.call("OPTIONS", "/v1/tus", token: nil)
        #expect(options.headers["tus-max-size"] == "2097152")

        let chat = try await service.sendVideo(film, token: try service.token("ann"))
        #expect(chat.status == 400 && chat.error?.contains("DARKROOM_MAX_DURATION") ?? false, "\(chat.body)")
        let voice = try await service.call(
            "POST", "/v1/media", token: token, files: ["file": try Sample.file("voice/voice.ogg")])
        #expect(voice.status == 201, "\(voice.body)")
    }

    @Test("a request narrows them, in a form, in JSON and in metadata, and is named; a wider limit has no effect")
    func requests() async throws {
        let service = try TestService.start(Self.settings)
        let token = try service.serviceToken()
        let (picture, film) = (try Sample.file("image/picture.webp"), try Sample.file("video/landscape.mp4"))
        let voice = try Sample.file("voice/voice.ogg")
        func post(_ fields: [(String, String)], _ file: URL) async throws -> Answer {
            try await service.post(
                "/v1/media", token: token, form: fields.map { ($0.0, .text($0.1)) } + [("file", .file(file))])
        }
        expect(try await post([("maxSize", "100")], picture), 413, "media_too_large", names: "maxSize")
        expect(try await post([("maxPixels", "100")], picture), 422, "media_too_complex", names: "maxPixels")
        expect(try await post([("maxDuration", "1.5")], voice), 422, "media_too_long", names: "maxDuration")
        expect(try await post([("kinds", "video,audio")], picture), 415, "media_unsupported", names: "kinds")
        expect(try await post([("maxDuration", "600")], film), 422, "media_too_long", names: "DARKROOM_MAX_DURATION")
        #expect(try await post([("kinds", "image"), ("maxSize", "9000000")], picture).status == 201)
        let late = try await service.post(
            "/v1/media", token: token, form: [("file", .file(picture)), ("maxSize", .text("100"))])
        #expect(late.status == 400 && late.body["code"] as? String == "invalid_field", "\(late.body)")

        let id = try await written(voice, "audio/ogg", to: service, token: token)
        expect(
            try await service.call(
                "POST", "/v1/media", token: token, json: #"{"upload":"\#(id)","maxDuration":1}"#), 422,
            "media_too_long", names: "maxDuration")
        try stored(picture, as: "legacy/picture.webp", at: service)
        expect(
            try await service.call(
                "POST", "/v1/media", token: token, json: #"{"key":"legacy/picture.webp","kinds":["video"]}"#), 415,
            "media_unsupported", names: "kinds")
        #expect(
            try await service.call(
                "POST", "/v1/media", token: token, json: #"{"key":"legacy/picture.webp","kinds":["image"]}"#
            ).status == 201)
        let draft = try await service.call(
            "POST", "/v1/resumable?maxDuration=1", token: token, body: voice, headers: ["Upload-Complete": "?1"])
        expect(draft, 422, "media_too_long", names: "maxDuration")
        let encoded = Data("100".utf8).base64EncodedString()
        let tus = try await service.call(
            "POST", "/v1/tus", token: token,
            headers: ["Tus-Resumable": "1.0.0", "Upload-Length": "101", "Upload-Metadata": "maxSize \(encoded)"])
        expect(tus, 413, "media_too_large", names: "maxSize")
    }

    @Test("a declared length over the limit of the kind is answered before the file has arrived")
    func early() async throws {
        let service = try TestService.start(Self.settings)
        let picture = try Data(contentsOf: try Sample.file("image/transparent.png"))
        let socket = try RawSocket(to: service.base)
        let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"
        // The limit of all kinds is 2 MiB for video; that of pictures is known once its first bytes are there.
        try socket.send(
            "POST /v1/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(try service.serviceToken())\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 2900000\r\n\r\n\(part)")
        try socket.send(picture.prefix(4096) + Data(count: 4096))
        let answer = String(decoding: try socket.receive(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 413"), "\(answer)")
    }
}
