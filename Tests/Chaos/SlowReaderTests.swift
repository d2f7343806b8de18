import Foundation
import TestPrograms
import Testing

@Suite("Clients that read slowly, or not at all")
struct SlowReaderTests {
    private static let count = ChaosRun.count("CHAOS_SLOW_READERS", short: 200)

    @Test(
        "clients that read a file slowly or not at all hold up no other client, and the minimum rate ends all of them",
        arguments: [false, true])
    func besides(isCold: Bool) async throws {
        let service = try TestService.start()
        let finished = try await ChaosScript.run(
            "slow_readers.py",
            [
                service.base, try service.serviceToken(), try Sample.file("video/short.mp4").path,
                String(Self.count),
            ] + (isCold ? ["--cold", service.data.path] : []))
        let result = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        print("slow readers: \(finished.output)")
        #expect(result["ended"] as? Int == Self.count)
        // In milliseconds. The speed itself is not asserted, only that the small request does not wait for the slow
        // clients, which are disconnected after 15 s.
        for connections in ["kept", "new"] {
            let times = try #require(result[connections] as? [String: [String: Double]])
            for stretch in ["during", "after"] {
                #expect(try #require(times[stretch]?["longest"]) < 10_000, "\(connections) \(stretch)")
            }
        }
        #expect(try #require(result["large"] as? Double) < 14_000)
    }

    @Test("SIGTERM ends the service within its time, whatever clients do")
    func terminates() async throws {
        let service = try TestService.start(["DARKROOM_SHUTDOWN_SECONDS": "2"])
        let finished = try await ChaosScript.run(
            "slow_readers.py",
            [
                service.base, try service.serviceToken(), try Sample.file("video/short.mp4").path, "40",
                "--terminate", String(service.process.identifier),
            ])
        let result = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        #expect(result["ended"] as? Int == 43)
        let begin = ContinuousClock.now
        #expect(service.process.wait() == .exited(0))
        #expect(begin.duration(to: .now) < .seconds(10))
    }
}
