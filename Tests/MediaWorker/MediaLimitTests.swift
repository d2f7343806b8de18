import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Limits of files by kind")
struct MediaLimitTests {
    private let files = MediaPolicy(kinds: Set(MediaKind.allCases), videoContainers: Set(MediaFormat.allCases))

    private func error(_ name: String, _ change: (inout MediaLimits) -> Void) -> MediaError? {
        var limits = MediaLimits()
        change(&limits)
        do throws(MediaError) {
            _ = try inspectFile("\(samples)/\(name)", files.narrowed(by: limits))
            return nil
        } catch {
            return error
        }
    }

    @Test("a size over the limit of its kind is rejected, and the error says what set it")
    func size() {
        let found = error("image/animated.gif") { $0.bytes[.image] = .init(100, by: "DARKROOM_MAX_SIZE") }
        #expect(found?.code == .tooLarge && found?.limit == 100)
        #expect(found?.message == "The file is larger than 100 bytes (DARKROOM_MAX_SIZE): send a smaller one.")
        #expect(error("image/animated.gif") { $0.bytes[.video] = .init(100, by: "DARKROOM_MAX_SIZE") } == nil)
    }

    @Test("so is a duration, of video and of audio separately", arguments: ["video/landscape.mp4", "voice/voice.ogg"])
    func duration(name: String) {
        let (own, other): (MediaKind, MediaKind) = name.hasPrefix("video") ? (.video, .audio) : (.audio, .video)
        let found = error(name) { $0.seconds[own] = .init(1, by: "maxDuration") }
        #expect(found?.code == .tooLong && found?.limit == 1)
        #expect(found?.message.contains("1 s are allowed (maxDuration)") ?? false, "\(found?.message ?? "")")
        #expect(error(name) { $0.seconds[other] = .init(1, by: "maxDuration") } == nil)
    }

    @Test(
        "so are pixels, of pictures and of video separately",
        arguments: ["video/landscape.mp4", "image/transparent.png"])
    func pixels(name: String) {
        let (own, other): (MediaKind, MediaKind) = name.hasPrefix("video") ? (.video, .image) : (.image, .video)
        let found = error(name) { $0.pixels[own] = .init(1000, by: "DARKROOM_ACCEPTED_PIXELS") }
        #expect(found?.code == .tooManyPixels && found?.limit == 1000)
        #expect(found?.message.contains("1000 pixels (DARKROOM_ACCEPTED_PIXELS)") ?? false)
        #expect(error(name) { $0.pixels[other] = .init(1000, by: "DARKROOM_ACCEPTED_PIXELS") } == nil)
    }

    @Test(
        "an excluded kind is not accepted as a document either",
        arguments: [
            "video/landscape.mp4", "video/clip.webm", "voice/voice.wav", "voice/voice.m4a", "image/picture.webp",
        ])
    func excluded(name: String) {
        let found = error(name) {
            for kind in [MediaKind.video, .audio, .image] { $0.excludedKinds[kind] = "DARKROOM_ACCEPTED_KINDS" }
        }
        #expect(found?.code == .wrongKind)
        #expect(found?.message.hasSuffix("accepted here: document (DARKROOM_ACCEPTED_KINDS).") ?? false)
    }

    @Test(
        "a container of the other kind is told apart by its content, and a document is rejected where media alone are")
    func containers() {
        let video = error("video/landscape.mp4") { $0.excludedKinds[.video] = "kinds" }
        #expect(video?.code == .wrongKind && video?.message.contains("kind video") ?? false)
        #expect(error("voice/voice.m4a") { $0.excludedKinds[.video] = "kinds" } == nil)
        let text = error("broken/playlist.mp4") { $0.excludedKinds[.document] = "kinds" }
        #expect(text?.code == .wrongKind && text?.message.contains("(kinds)") ?? false)
    }

    @Test("the narrower of two limits holds and is named; a wider one than the policy's changes nothing")
    func merged() {
        var (settings, request) = (MediaLimits(), MediaLimits())
        settings.bytes[.image] = .init(500, by: "DARKROOM_MAX_SIZE")
        request.bytes[.image] = .init(400, by: "maxSize")
        request.bytes[.video] = .init(2 << 30, by: "maxSize")
        request.seconds[.video] = .init(900, by: "maxDuration")
        var policy = files
        policy.maximumDuration = 600
        for policy in [
            policy.narrowed(by: settings).narrowed(by: request), policy.narrowed(by: request).narrowed(by: settings),
        ] {
            #expect(policy.byteLimit(of: .image) == (400, "maxSize"))
            #expect(policy.byteLimit(of: .video) == (1 << 30, nil))
            #expect(policy.largestFile == 1 << 30)
            #expect(policy.durationLimit(of: .video)?.value == 600 && policy.durationLimit(of: .video)?.origin == nil)
        }
    }

    @Test("a limit reaches a worker with the order")
    func coded() throws {
        var limits = MediaLimits()
        limits.bytes[.image] = .init(500, by: "DARKROOM_MAX_SIZE")
        limits.excludedKinds[.audio] = "kinds"
        let policy = files.narrowed(by: limits)
        let decoded = try JSONDecoder().decode(MediaPolicy.self, from: JSONEncoder().encode(policy))
        #expect(decoded.limits == limits && decoded.kinds == policy.kinds)
    }
}
