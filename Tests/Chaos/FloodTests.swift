import Foundation
import TestPrograms
import Testing

@Suite("Floods of what needs no token")
struct FloodTests {
    private func flood(_ kind: String, _ count: Int) async throws -> [String: Double] {
        let service = try TestService.start()
        let finished = try await ChaosScript.run(
            "flood.py",
            [service.base, try service.token("alice"), String(service.process.identifier), kind, String(count)])
        let result = try #require(try finished.json() as? [String: Double], "\(finished.errors)")
        print("flood of \(kind): \(finished.output)")
        return result
    }

    @Test("20,000 polling handshakes over one connection hold up no client of another address, and none with a token")
    func handshakes() async throws {
        let result = try await flood("handshakes", ChaosRun.count("CHAOS_HANDSHAKES", short: 20_000))
        #expect(result["refused"] == 0 && result["failed"] == 0)
        #expect(try #require(result["others"]) > 0)
        #expect(try #require(result["authenticated"]) > 0)
        #expect(try #require(result["grown"]) < 100_000_000)
    }

    @Test("WebSockets that say nothing give way to one another, and end soon")
    func sockets() async throws {
        let count = ChaosRun.count("CHAOS_SILENT_SOCKETS", short: 1_500)
        let result = try await flood("sockets", count)
        #expect(result["ended"] == Double(count))
        #expect(result["refused"] == 0 && result["failed"] == 0)
    }

    @Test("a message in fragments of one byte costs no more memory than its bytes")
    func fragments() async throws {
        let result = try await flood("fragments", ChaosRun.count("CHAOS_FRAGMENTED", short: 20))
        #expect(result["refused"] == 0 && result["failed"] == 0)
        #expect(try #require(result["grown"]) < 60_000_000)
    }

    @Test(
        "a megabyte of empty arrays, with a token or without, holds up no other client",
        arguments: ["documents", "authorized"])
    func documents(kind: String) async throws {
        let result = try await flood(kind, ChaosRun.count("CHAOS_DOCUMENTS", short: 24))
        #expect(result["ended"] == Double(ChaosRun.count("CHAOS_DOCUMENTS", short: 24)))
        #expect(result["refused"] == 0 && result["failed"] == 0)
        #expect(try #require(result["small"]) < 10)
    }

    @Test("uploads without authentication give way to one another")
    func unprovenUploads() async throws {
        let service = try TestService.start()
        let head =
            "POST /imagekit/api/v1/files/upload HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            + "Content-Length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n"
        var sockets: [RawSocket] = []
        for _ in 0..<33 {
            let socket = try RawSocket(to: service.base)
            try socket.send(head)
            // The service has read it once it answers another.
            _ = try await service.health()
            sockets.append(socket)
        }
        #expect(try String(decoding: sockets[0].receive(), as: UTF8.self).hasPrefix("HTTP/1.1 503 "))
        // The others go on: they still have no answer when another request has one.
        _ = try await service.health()
        var watched = pollfd(fd: sockets[1].descriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&watched, 1, 0) == 0)
        try sockets[32].send("\r\n--b--\r\n" + String(repeating: " ", count: 1_000_000))
        let response = try String(decoding: sockets[32].receive(), as: UTF8.self)
        #expect(!response.hasPrefix("HTTP/1.1 503 "), "\(response)")
    }
}

extension TestService {
    /// A small request on a separate connection.
    fileprivate func health() async throws -> Data {
        let socket = try RawSocket(to: base)
        try socket.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        return try socket.receive()
    }
}
