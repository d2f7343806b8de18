import Foundation
import TestPrograms
import Testing

@Suite("Resumable uploads by the IETF's draft, by curl", .timeLimit(.minutes(10)))
struct DraftUploadTests {
    private let curl = URL(fileURLWithPath: "/usr/bin/curl")

    /// The responses of a request with their heads, interim ones first.
    private func request(
        _ method: String, _ url: String, token: String, _ fields: [String], file: URL? = nil
    ) async throws -> String {
        var arguments = ["-sS", "-i", "-H", "Authorization: Bearer \(token)", "-H", "X-On-Behalf-Of: alice"]
        arguments += method == "HEAD" ? ["--head"] : ["-X", method]
        for field in fields { arguments += ["-H", field] }
        if let file { arguments += ["--data-binary", "@" + file.path] }
        let finished = try await Command.run(curl, arguments + [url])
        try #require(finished.status == 0, "\(finished.errors)")
        let compared = try await Python.run("curl_answer.py", [method, url, finished.output])
        #expect(compared.status == 0, "\(compared.errors)")
        return finished.output
    }

    private func field(_ name: String, of response: String) throws -> String {
        let line = response.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ": ") }
        return String(try #require(line, "\(response)").dropFirst(name.count + 2))
    }

    @Test("curl sees 104 while it uploads, and continues after kill -9 of the service where HEAD says")
    func curlByHand() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("draft-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bytes = Data((0..<500_000).map { "line \($0): nothing happened\n" }.joined().utf8)
        let (first, rest) = (folder.appendingPathComponent("first"), folder.appendingPathComponent("rest"))
        try bytes.prefix(9_000_000).write(to: first)
        try bytes.dropFirst(9_000_000).write(to: rest)
        let data = folder.appendingPathComponent("data")
        var service = try TestService.start([:], data: data)
        let token = try service.serviceToken()
        let begun = try await request(
            "POST", service.base + "/v1/resumable?kind=document", token: token,
            [
                "Upload-Complete: ?0", "Upload-Draft-Interop-Version: 8", "Upload-Length: \(bytes.count)",
                "Content-Type: text/plain", "Content-Disposition: inline; filename=\"long.txt\"",
            ], file: first)
        #expect(begun.contains("HTTP/1.1 104 Upload Resumption Supported") && begun.contains("HTTP/1.1 201 Created"))
        let place = try #require(URL(string: try field("Location", of: begun))).path
        service.process.kill()
        service.process.wait()
        // Before the former object, which would remove the folder, is released.
        let kept = service
        service = try TestService.start([:], data: data)
        let head = try await request("HEAD", service.base + place, token: token, [])
        #expect(try field("Upload-Offset", of: head) == "9000000" && field("Upload-Complete", of: head) == "?0")
        let last = try await request(
            "PATCH", service.base + place, token: token,
            [
                "Upload-Complete: ?1", "Upload-Offset: 9000000", "Content-Type: application/partial-upload",
                "Upload-Draft-Interop-Version: 8",
            ], file: rest)
        #expect(try field("Upload-Complete", of: last) == "?1")
        let media = try field("Darkroom-Media", of: last)
        let medium = try await service.call("GET", "/v1/media/\(media)", token: token)
        #expect(medium.body["originalName"] as? String == "long.txt")
        let copy = folder.appendingPathComponent("copy")
        _ = try await Command.run(curl, ["-s", "-o", copy.path, try #require(medium.body["url"] as? String)])
        #expect(try Data(contentsOf: copy) == bytes)
        withExtendedLifetime(kept) {}
    }
}
