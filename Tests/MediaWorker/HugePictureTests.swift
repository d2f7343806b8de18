import Foundation
import Logging
import MediaModel
import Synchronization
import TestSupport
import Testing

@testable import MediaWorker

@Suite("Pictures of 200 megapixels")
struct HugePictureTests {
    @Test("by setting, one is rejected at its header, before the rest has arrived")
    func rejected() async throws {
        var bytes = try sample("image/transparent.png")
        bytes.replaceSubrange(16..<24, with: [0, 0, 0x3F, 0xC0, 0, 0, 0x2F, 0xD0])
        bytes += [UInt8](repeating: 0, count: 100_000)
        var limits = MediaLimits()
        limits.pixels[.image] = .init(100_000_000, by: "DARKROOM_ACCEPTED_PIXELS")
        let store = MemoryStore()
        let pipeline = UploadPipeline(
            store: store, workers: WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent), limits: limits)
        let upload = try await pipeline.begin(key: "k", policy: everything, declaredLength: 50 << 20)
        let head = Array(bytes.prefix(100_000))
        let error = await thrown(MediaError.self) { try await send(head, to: upload, chunkSize: 10_000) }
        #expect(error?.code == .tooManyPixels && error?.limit == 100_000_000)
        #expect(
            error?.message.hasPrefix(
                "A picture of 16320 × 12240 pixels exceeds the limit of 100000000 pixels (DARKROOM_ACCEPTED_PIXELS)")
                ?? false)
        #expect(store.state.withLock { $0.objects.isEmpty && $0.openWriters == 0 })
    }
}
