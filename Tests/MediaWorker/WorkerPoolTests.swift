import Bytes
import Foundation
import Logging
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Worker pool")
struct WorkerPoolTests {
    @Test("a job that would wait behind too many others is rejected at once")
    func busy() async throws {
        let pool = WorkerPool(threads: 1, maximumWaiting: 0, logger: .silent)
        let file = try SpoolFile.inMemory()
        let job = InspectionJob(descriptor: file.descriptor, size: 1, policy: everything)
        await #expect { try await pool.inspect(job) } throws: { ($0 as? MediaError)?.code == .busy }
    }

    @Test("orders and inspections are decoded as they were encoded")
    func codable() throws {
        let order = InspectionOrder(size: 5, present: [0..<3], filename: "a", policy: everything, depth: .head)
        let decoded = try roundTrip(order)
        #expect(decoded.present == [0..<3] && decoded.depth == .head && decoded.policy.kinds == everything.kinds)
        let found = try inspectFile("\(samples)/voice/voice.wav")
        #expect(try roundTrip(found).waveform == found.waveform)
    }
}

private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
}
