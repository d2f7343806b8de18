import Foundation
import TestPrograms
import Testing

@Suite("Pictures of 200 megapixels, as telephones make them", .timeLimit(.minutes(5)))
struct HugePictureTests {
    /// A picture of one colour and 16320 × 12240 pixels.
    private func picture(_ name: String, _ format: String) async throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)")
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/ffmpeg"),
            ["-v", "error", "-f", "lavfi", "-i", "color=gray:size=16320x12240", "-pix_fmt", format]
                + ["-frames:v", "1", file.path])
        try #require(finished.status == 0, "\(finished.errors)")
        return file
    }

    /// The most memory that one of the service's worker processes has used, in bytes.
    private func workersPeak(_ service: TestService) throws -> Int {
        let process = service.process.identifier
        var peak = 0
        for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task") {
            let children = try String(contentsOfFile: "/proc/\(process)/task/\(thread)/children", encoding: .utf8)
            for child in children.split(separator: " ") {
                let status = try String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)
                let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
                peak = max(peak, line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0)
            }
        }
        return try #require(peak > 0 ? peak * 1024 : nil)
    }

    @Test(
        "by default one is stored without a preview, which says why, and is not decoded; by setting it is rejected",
        arguments: [("huge.png", "gray"), ("huge.jpg", "yuvj420p")])
    func huge(name: String, format: String) async throws {
        let file = try await picture(name, format)
        defer { try? FileManager.default.removeItem(at: file) }
        let service = try TestService.start(["DARKROOM_WORKERS": "1"])
        let token = try service.serviceToken()
        let small = try await service.call(
            "POST", "/v1/media", token: token, files: ["file": try Sample.file("image/transparent.png")])
        #expect(small.status == 201)
        let before = try workersPeak(service)
        let stored = try await service.call("POST", "/v1/media", token: token, files: ["file": file])
        #expect(stored.status == 201 && stored.body["thumbnail"] is NSNull, "\(stored.body)")
        #expect(stored.body["dimensions"] as? [String: Int] == ["width": 16_320, "height": 12_240])
        #expect(
            stored.body["thumbnailAbsence"] as? String
                == "previews are made of at most 100000000 pixels, and 16320 × 12240 are more")
        // One byte for each pixel would be 200 MB; the file itself has a few.
        #expect(try workersPeak(service) - before < 48 << 20)

        let strict = try TestService.start(["DARKROOM_ACCEPTED_PIXELS": "image=100000000"])
        let rejected = try await strict.call(
            "POST", "/v1/media", token: try strict.serviceToken(), files: ["file": file])
        #expect(rejected.status == 422 && rejected.body["code"] as? String == "media_too_complex")
        #expect((rejected.body["detail"] as? String)?.contains("(DARKROOM_ACCEPTED_PIXELS)") ?? false)
        #expect(try await strict.unexpectedLeftovers() == [:])
    }
}
