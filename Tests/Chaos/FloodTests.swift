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

    @Test("20,000 polling handshakes over one connection stop nobody: of other addresses, or with a token of the same")
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
        "a megabyte of empty arrays, with a token or without, holds up nobody", arguments: ["documents", "authorized"])
    func documents(kind: String) async throws {
        let result = try await flood(kind, ChaosRun.count("CHAOS_DOCUMENTS", short: 24))
        #expect(result["ended"] == Double(ChaosRun.count("CHAOS_DOCUMENTS", short: 24)))
        #expect(result["refused"] == 0 && result["failed"] == 0)
        #expect(try #require(result["small"]) < 10)
    }
}
