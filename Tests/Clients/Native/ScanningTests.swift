import Foundation
import TestPrograms
import Testing

@Suite("Scanning by clamd", .timeLimit(.minutes(10)))
struct ScanningTests {
    /// The EICAR test file, in two parts so that no scanner finds it in this one.
    private static let eicar = Data(
        (#"X5O!P%@AP[4\PZX54(P^)7CC)7}$"# + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").utf8)

    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-scan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String, _ data: Data) throws -> URL {
        let file = folder.appendingPathComponent(name)
        try data.write(to: file)
        return file
    }

    /// A package of Office with the test file in a compressed entry.
    private func package() async throws -> URL {
        let file = folder.appendingPathComponent("letter.docx")
        let script = """
            import sys, zipfile
            archive = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)
            archive.writestr("[Content_Types].xml", "<Types/>" * 100)
            archive.write(sys.argv[2], "word/embeddings/object.bin")
            archive.close()
            """
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/python3"),
            ["-c", script, file.path, try self.file("inner.txt", Self.eicar).path])
        try #require(finished.status == 0, "\(finished.errors)")
        return file
    }

    private func send(_ file: URL, to service: TestService) async throws -> Answer {
        try await service.call("POST", "/v1/media", token: try service.serviceToken(), files: ["file": file])
    }

    private func metrics(_ service: TestService) async throws -> String {
        try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-sf", "-H", "Authorization: Bearer \(try service.serviceToken())", "\(service.base)/metrics"]
        ).output
    }

    @Test(
        "malware in a text, in an Office package and behind a picture is rejected, and nothing of it stays; other files pass"
    )
    func forms() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let clamd = try ClamdServer()
        for address in ["unix:\(clamd.socket)", "127.0.0.1:\(clamd.port)", "localhost:\(clamd.port)"] {
            let service = try TestService.start(["DARKROOM_CLAMD": address])
            let picture = try Data(contentsOf: try Sample.file("image/orientation-6.jpg"))
            let infected = [
                try file("eicar.txt", Self.eicar), try await package(),
                try file("picture.jpg", picture + Self.eicar),
                // Its beginning is far more than what is kept back.
                try file("long.txt", Data(repeating: 65, count: 3 << 20) + Self.eicar),
            ]
            for file in infected {
                let answer = try await send(file, to: service)
                #expect(answer.status == 422, "\(file.lastPathComponent): \(answer.body)")
                #expect(answer.body["code"] as? String == "infected", "\(file.lastPathComponent)")
            }
            let chat = try await service.sendVideo(
                try Sample.file("video/short.mp4"), token: try service.token("alice"))
            #expect(chat.status == 201, "\(chat.body)")
            #expect(try await metrics(service).contains(#"darkroom_scan_duration_seconds_count{outcome="infected"} 4"#))
            let ready = try await service.call("GET", "/readyz", token: nil)
            #expect(ready.body["clamd"] as? String == "ok" && ready.status == 200)
            for path in ["video/short.mp4", "image/orientation-6.jpg", "voice/voice.mp3"] {
                let answer = try await send(try Sample.file(path), to: service)
                #expect(answer.status == 201, "\(path): \(answer.body)")
            }
        }
        let service = try TestService.start(["DARKROOM_CLAMD": "unix:\(clamd.socket)"])
        #expect(try await send(try file("eicar.txt", Self.eicar), to: service).status == 422)
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test(
        "malware is rejected in the envelope of a chat system, in resumable and in direct uploads, and nothing of it stays"
    )
    func ways() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let clamd = try ClamdServer()
        let service = try TestService.start(["DARKROOM_CLAMD": "unix:\(clamd.socket)"])
        let token = try service.serviceToken()
        let video = try Data(contentsOf: try Sample.file("video/short.mp4"))
        let infected = try file("clip.mp4", video + Self.eicar)
        let sent = try await service.sendVideo(infected, token: try service.token("alice"))
        #expect(sent.status == 400 && sent.body["success"] as? Bool == false, "\(sent.body)")

        let tus = try await Python.run("tus_upload.py", [service.base, token, infected.path])
        #expect(tus.status != 0 && tus.errors.contains("422"), "\(tus.output) \(tus.errors)")

        let upload = try await service.call(
            "POST", "/v1/uploads", token: token,
            json: #"{"contentType":"video/mp4","size":\#(video.count + Self.eicar.count)}"#)
        let url = try #require(upload.body["url"] as? String)
        let put = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            [
                "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PUT", "-H", "Content-Type: video/mp4",
                "--data-binary",
                "@\(infected.path)", url,
            ])
        #expect(put.output == "200")
        let id = try #require(upload.body["id"] as? String)
        let accepted = try await service.call("POST", "/v1/media", token: token, json: #"{"upload":"\#(id)"}"#)
        #expect(accepted.status == 422 && accepted.body["code"] as? String == "infected", "\(accepted.body)")
        #expect(try await service.leftovers(of: "files", awaiting: 0) == 0)
    }

    @Test(
        "a clamd that hangs or is gone rejects files with 503, or lets them pass, as the settings say; the service stays ready"
    )
    func unavailable() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let clamd = try ClamdServer()
        let settings = ["DARKROOM_CLAMD": "unix:\(clamd.socket)", "DARKROOM_CLAMD_TIMEOUT": "8"]
        let strict = try TestService.start(settings)
        let lenient = try TestService.start(settings.merging(["DARKROOM_CLAMD_UNAVAILABLE": "accept"]) { $1 })
        let text = try file("note.txt", Data(repeating: 66, count: 2 << 20))
        for isGone in [false, true] {
            if isGone { clamd.stop() } else { try clamd.pause() }
            let rejected = try await send(text, to: strict)
            #expect(
                rejected.status == 503 && rejected.body["code"] as? String == "scan_unavailable", "\(rejected.body)")
            #expect(rejected.headers.first { $0.key.lowercased() == "retry-after" }?.value == "5")
            #expect(try await send(text, to: lenient).status == 201)
            try await eventually("clamd is shown as unavailable") {
                let ready = try await strict.call("GET", "/readyz", token: nil)
                return ready.status == 200 && ready.body["clamd"] as? String == "unavailable"
            }
            if !isGone {
                try clamd.resume()
                try await eventually("clamd scans again") { try await send(text, to: strict).status == 201 }
                #expect(try await send(try file("eicar.txt", Self.eicar), to: lenient).status == 422)
            }
        }
    }

    @Test("a file that is too large for clamd, or for the settings, is rejected, or passes as the settings say")
    func tooLarge() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let clamd = try ClamdServer()
        let address = ["DARKROOM_CLAMD": "unix:\(clamd.socket)"]
        let text = try file("note.txt", Data(repeating: 66, count: 6 << 20))
        for limit in ["5", "100"] {
            let settings = address.merging(["DARKROOM_CLAMD_MAX_SIZE": limit]) { $1 }
            let strict = try TestService.start(settings)
            let rejected = try await send(text, to: strict)
            #expect(rejected.status == 413 && rejected.body["code"] as? String == "media_too_large", "\(rejected.body)")
            let lenient = try TestService.start(settings.merging(["DARKROOM_CLAMD_TOO_LARGE": "accept"]) { $1 })
            #expect(try await send(text, to: lenient).status == 201)
        }
    }
}
