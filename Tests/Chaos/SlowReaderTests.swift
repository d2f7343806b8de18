import Foundation
import TestPrograms
import Testing

@Suite("Clients that read slowly, or not at all")
struct SlowReaderTests {
    private static let count = ChaosRun.count("CHAOS_SLOW_READERS", short: 200)

    @Test("those who read a file slowly or not at all hold nobody else up, and the minimum rate ends all of them")
    func besides() async throws {
        let service = try TestService.start()
        let finished = try await ChaosScript.run(
            "slow_readers.py",
            [
                service.base, try service.token("", "--service"), try Sample.file("video/short.mp4").path,
                String(Self.count),
            ])
        let result = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        #expect(result["ended"] as? Int == Self.count)
        // Not how fast, but that it did not wait for the slow ones, who take a quarter of a minute to be ended.
        #expect(try #require(result["small"] as? Double) < 10)
        #expect(try #require(result["large"] as? Double) < 14)
        print("slow readers: \(finished.output)")
    }

    @Test("SIGTERM ends the service within its time, whatever clients do")
    func terminates() async throws {
        let service = try TestService.start(["DARKROOM_SHUTDOWN_SECONDS": "2"])
        let finished = try await ChaosScript.run(
            "slow_readers.py",
            [
                service.base, try service.token("", "--service"), try Sample.file("video/short.mp4").path, "40",
                "--terminate", String(service.process.identifier),
            ])
        let result = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        #expect(result["ended"] as? Int == 43)
        let begin = ContinuousClock.now
        #expect(service.process.wait() == .exited(0))
        #expect(begin.duration(to: .now) < .seconds(10))
    }
}
