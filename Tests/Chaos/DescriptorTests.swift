import Foundation
import TestPrograms
import Testing

@Suite("Descriptors run out")
struct DescriptorTests {
    @Test(
        "connections leave descriptors to the rest; every call is done or answered 503 with Retry-After while few are left"
    )
    func exhausted() async throws {
        let service = try TestService.start()
        let finished = try await ChaosScript.run(
            "descriptors.py",
            [
                service.base, try service.token("alice"), try service.serviceToken(),
                String(service.process.identifier), try Sample.file("video/short.mp4").path,
            ])
        let result = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        print("descriptors: \(finished.output)")
        #expect(try #require(result["free"] as? Int) >= (try #require(result["kept"] as? Int)))
        let answers = try #require(result["answers"] as? [String: [String: Int]])
        for (call, statuses) in answers {
            for status in statuses.keys {
                #expect(status.hasPrefix("2") || status == "503", "\(call) was answered \(status)")
            }
        }
        #expect(result["bare"] as? Int == 0)
        #expect(result["broken"] as? Int == 0)
        let after = try #require(result["after"] as? [String: Int])
        #expect(after.values.allSatisfy { (200..<300).contains($0) }, "\(after)")
    }
}
