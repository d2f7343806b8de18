import Foundation
import HostileMedia
import TestPrograms
import Testing

/// Files that are made to do harm, sent to the real program as clients send files.
@Suite("Hostile media through the program")
struct HostileMediaTests {
    @Test("hostile files are rejected in the envelope of the route, harmless ones are accepted, and nothing remains")
    func uploads() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hostile-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = Self.selection
        for (index, file) in files.enumerated() {
            try Data(try file.bytes()).write(to: folder.appendingPathComponent("\(index)"))
        }
        let service = try TestService.start()
        let before = try await service.leftovers()
        let finished = try await Python.run(
            "hostile_uploads.py",
            [service.base, try service.serviceToken(), try service.token("alice"), folder.path])
        let results = try #require(
            try finished.json() as? [String: [String: [Any]]], "\(finished.errors)")
        for (index, file) in files.enumerated() {
            let result = try #require(results["\(index)"])
            check(file, media: result["media"] ?? [], video: result["video"] ?? [])
        }
        try await awaitEmpty(service, before)
        #expect(service.process.isRunning)
        #expect(try await service.call("GET", "/healthz", token: nil).status == 200)
        #expect(try service.openDescriptors().isEmpty)
    }

    @Test(
        "a page or a drawing that was uploaded is downloaded, never shown or run",
        arguments: [
            ("a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
            ("a.html", "<!DOCTYPE html><script>alert(1)</script>"), ("a.js", "alert(1)"),
        ])
    func pages(name: String, content: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try content.write(to: file, atomically: true, encoding: .utf8)
        let service = try TestService.start()
        let response = try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), files: ["file": file])
        #expect(response.status == 201 && response.body["kind"] as? String == "document")
        let url = try #require(response.body["url"] as? String)
        let object = try await service.call("GET", String(url.dropFirst(service.base.count)), token: nil)
        let type = name.hasSuffix("js") ? "text/plain; charset=utf-8" : "application/octet-stream"
        #expect(object.status == 200 && object.headers["content-type"] == type)
        #expect(object.headers["content-disposition"] == "attachment; filename=\"\(name)\"")
        #expect(object.headers["x-content-type-options"] == "nosniff")
        #expect(object.headers["content-security-policy"] == "default-src 'none'; sandbox")
    }

    /// One of each theme, and those that cost most.
    private static let selection: [HostileFile] = {
        let covers = HostileFile.covers.filter { !$0.name.contains("60 MB") }
        let themes = [
            HostileFile.pixels, HostileFile.pixelSurprises, HostileFile.streams, HostileFile.tables, covers,
            Array(HostileFile.nesting.prefix(4)), Array(HostileFile.time.prefix(6)), HostileFile.items,
        ]
        return themes.flatMap { $0 }
    }()

    private func check(_ file: HostileFile, media: [Any], video: [Any]) {
        let expectedResult = file.expectedResult(whenAccepted: media.first as? Int == 204)
        switch expectedResult {
        case .accepted: #expect(media.first as? Int == 204, "\(file): \(media)")
        case .rejected(let code):
            let expected = Self.answers[code]
            #expect(media.first as? Int == expected?.status, "\(file): \(media)")
            #expect(media.last as? String == expected?.code, "\(file): \(media)")
        }
        // The reference has 400 for every invalid file, with a message for the user.
        if expectedResult != .accepted("video") {
            #expect(video.first as? Int == 400, "\(file): \(video)")
            #expect((video.dropFirst().first as? String)?.isEmpty == false && video.last as? Bool == false, "\(file)")
        }
    }

    /// What the native API answers to each code of the pipeline.
    private static let answers: [String: (status: Int, code: String)] = [
        "unsupported": (415, "media_unsupported"), "unreadable": (422, "media_unreadable"),
        "truncated": (422, "media_unreadable"), "too_many_pixels": (422, "media_too_complex"),
        "too_many_streams": (422, "media_too_complex"), "too_complex": (422, "media_too_complex"),
        "out_of_memory": (422, "media_too_complex"),
    ]

    /// Deletions go on beside the answers: waits until no file is left, and no row that was not there before.
    private func awaitEmpty(_ service: TestService, _ before: [String: Int]) async throws {
        var left: [String: Int] = [:]
        try await eventually("no file is left, and none is to be deleted") {
            left = try await service.leftovers()
            return left["files"] == 0 && left["pending_deletions"] == 0
        }
        // A file that can be shown was sent as a message, which stays as a deleted one.
        let ofMessages: Set = ["conversations", "members", "messages", "daily_counts", "outbox"]
        #expect(left.filter { !ofMessages.contains($0.key) } == before.filter { !ofMessages.contains($0.key) })
    }
}
