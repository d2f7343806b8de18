import Foundation
import MediaWorker
import ObjectStore
import TestPrograms
import Testing

@Suite("Inspecting objects of a real bucket by ranges")
struct RangedReadingTests {
    private static let names = [
        "video/landscape.mp4", "video/landscape-moov-last.mp4", "video/portrait.mp4", "video/fragmented.mp4",
        "video/clip.mov", "video/clip.avi", "video/clip.3gp", "video/clip.webm", "video/recorder.webm",
        "video/ten-minutes.mp4", "voice/voice.m4a", "voice/voice.mp3", "voice/voice-no-header.mp3", "voice/voice.ogg",
        "voice/voice.wav", "voice/voice-recorder.webm", "image/orientation-6.jpg", "image/transparent.png",
        "image/animated.gif", "image/picture.webp", "broken/truncated.mp4", "broken/truncated-moov-first.mp4",
        "broken/truncated.ogg", "broken/text.mp4", "broken/no-head.jpg", "broken/playlist.mp4", "broken/empty.mp4",
    ]
    private static let megabyte = 1 << 20

    @Test(
        "every sample gets the result, thumbnail and waveform of the whole file",
        arguments: CountedBucket.Kind.allCases)
    func same(kind: CountedBucket.Kind) async throws {
        let bucket = try await CountedBucket.start(kind)
        let inspector = StoredInspector(store: bucket.store, workers: testWorkers)
        for name in Self.names {
            let path = Project.file("samples/\(name)").path
            let key = try #require(ObjectKey(validating: name))
            try await bucket.store.put(path, as: key)
            let expected = try await outcome { try await inspectFile(path) }
            let found = try await outcome { try await inspector.inspect(key, policy: everything) }
            #expect(found == expected, "\(name)")
        }
    }

    @Test("a film of 100 MB, its index last, costs under 2 MB on the wire", arguments: CountedBucket.Kind.allCases)
    func cheap(kind: CountedBucket.Kind) async throws {
        let folder = try TemporaryFolder()
        let bucket = try await CountedBucket.start(kind)
        let path = try largeFilm(100 * Self.megabyte, in: folder)
        let key = try #require(ObjectKey(validating: "large.mp4"))
        try await bucket.store.put(path, as: key)
        _ = try await bucket.traffic()
        let inspector = StoredInspector(store: bucket.store, workers: testWorkers)
        let found = try await outcome { try await inspector.inspect(key, policy: everything) }
        let traffic = try await bucket.traffic()
        #expect(try await found == outcome { try await inspectFile(path) })
        #expect(found.contains("thumbnail"))
        #expect(traffic.bytes < 2 * Self.megabyte, "\(traffic)")
    }
}
