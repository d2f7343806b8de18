import Foundation
import TestPrograms
import Testing

@Suite("Long sounds")
struct LongSoundTests {
    @Test(
        "ten hours take no more memory than a minute, and their one loud second is where it is",
        .timeLimit(.minutes(10)))
    func tenHours() async throws {
        let made = try await Python.run("long_sound.py", [Project.darkroom.path])
        try #require(made.status == 0, "\(made.errors)")
        let result = try #require(try made.json() as? [String: Any])
        let minute = try #require(result["minute"] as? [String: Double])
        let long = try #require(result["tenHours"] as? [String: Double])
        #expect(long["duration"] == 36_000)
        // The one loud second is the 30,000th of 36,000: in the 53rd and 54th of 64 parts.
        #expect(long["loudest"] == 53)
        // In KiB: less than a thirtieth of the size of the samples.
        #expect(try #require(long["peak"]) < (try #require(minute["peak"])) + 8192)
    }
}
