import Foundation
import TestPrograms
import Testing

@Suite("A cache before stored files, by the configuration of Operations/nginx", .timeLimit(.minutes(5)))
struct DownloadCacheTests {
    @Test(
        "files are downloaded through the cache, which asks for each part once, and uploads do not pass it",
        arguments: ["folder", "rclone"])
    func cached(store: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let cachePort = Int(try FreePort.next())
        let cache = "http://127.0.0.1:\(cachePort)"
        var settings = bucket?.settings ?? [:]
        settings["DARKROOM_DOWNLOAD_URL"] = cache + "/"
        let service = try TestService.start(settings)
        let origin = bucket?.settings["DARKROOM_S3_ENDPOINT"] ?? service.base
        let nginx = try await Nginx("cache.conf", before: origin, port: cachePort)
        let token = try service.serviceToken()
        let file = try Sample.file("video/landscape.mp4")

        let response = try await service.call("POST", "/v1/media", token: token, files: ["file": file])
        #expect(response.status == 201, "\(response.body)")
        for name in ["url", "thumbnail"] {
            let url = try #require(response.body[name] as? String)
            #expect(url.hasPrefix(cache + "/"), "\(url)")
            #expect(try await download(url).cache == "MISS")
            #expect(try await download(url).cache == "HIT")
        }
        let url = try #require(response.body["url"] as? String)
        #expect(try await download(url).bytes == Data(contentsOf: file))
        #expect(try await download(url, range: "100-199").bytes == Data(contentsOf: file)[100..<200])
        // The permission is part of what is cached: without it there is nothing to read.
        #expect(try await download(String(url.prefix { $0 != "?" })).status >= 400)
        #expect(try await download(url + "0").status >= 400)

        let upload = try await service.call(
            "POST", "/v1/uploads", token: token, json: #"{"contentType":"video/mp4","size":1000,"name":"a.mp4"}"#)
        let place = try #require(upload.body["url"] as? String, "\(upload.body)")
        #expect(place.hasPrefix(origin))
        withExtendedLifetime(nginx) {}
    }

    private func download(_ url: String, range: String? = nil) async throws -> (status: Int, cache: String, bytes: Data)
    {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-s", "-o", file.path, "-w", "%{http_code} %header{x-cache}"] + (range.map { ["-r", $0] } ?? []) + [url])
        let words = finished.output.split(separator: " ").map(String.init)
        let status = words.first.flatMap { Int($0) } ?? 0
        return (status, words.count > 1 ? words[1] : "", (try? Data(contentsOf: file)) ?? Data())
    }
}
