import Foundation
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Validation")
struct ValidationTests {
    @Test(
        "broken files are rejected by their content, whatever their name",
        arguments: [
            ("broken/empty.mp4", "empty"), ("broken/text.mp4", "unsupported"), ("broken/playlist.mp4", "unsupported"),
            ("broken/truncated.mp4", "truncated"), ("broken/truncated-moov-first.mp4", "truncated"),
            ("broken/truncated.ogg", "unreadable"),
        ])
    func broken(name: String, code: String) {
        #expect(rejection { () throws(MediaError) in try inspectFile("\(samples)/\(name)") }?.rawValue == code)
    }

    @Test(
        "each container is detected by its content",
        arguments: [
            ("video/landscape.mp4", "video/mp4", "mp4"), ("video/clip.mov", "video/quicktime", "mov"),
            ("video/clip.m4v", "video/x-m4v", "m4v"), ("video/clip.3gp", "video/3gpp", "3gp"),
            ("video/clip.avi", "video/x-msvideo", "avi"), ("video/clip.webm", "video/webm", "webm"),
            ("voice/voice.m4a", "audio/mp4", "m4a"), ("voice/voice.mp3", "audio/mpeg", "mp3"),
            ("voice/voice-no-header.mp3", "audio/mpeg", "mp3"), ("voice/voice.wav", "audio/wav", "wav"),
            ("voice/voice.ogg", "audio/ogg", "ogg"), ("voice/voice.webm", "audio/webm", "webm"),
            ("image/orientation-1.jpg", "image/jpeg", "jpg"), ("image/transparent.png", "image/png", "png"),
            ("image/animated.gif", "image/gif", "gif"), ("image/picture.webp", "image/webp", "webp"),
        ])
    func containers(name: String, mimeType: String, fileExtension: String) throws {
        let found = try inspectFile("\(samples)/\(name)")
        #expect(found.mimeType == mimeType && found.fileExtension == fileExtension)
    }

    @Test("a video of 601 s is rejected where 600 s are allowed, and one of 600 s is accepted")
    func tooLong() throws {
        var policy = everything
        policy.maximumDuration = 600
        do throws(MediaError) {
            _ = try inspectFile("\(samples)/video/long.mp4", policy)
            Issue.record("601 s were taken")
        } catch {
            #expect(error.code == .tooLong && error.limit == 600)
            #expect(abs((error.duration ?? 0) - 601) < 0.5)
        }
        #expect(try inspectFile("\(samples)/video/ten-minutes.mp4", policy).duration == 600)
    }

    @Test(
        "audio is too long by its actual duration, with or without a header that states it",
        arguments: VoiceTests.voices)
    func longVoice(name: String) {
        var policy = everything
        policy.maximumDuration = 5
        #expect(rejection { () throws(MediaError) in try inspectFile("\(samples)/voice/\(name)", policy) } == .tooLong)
    }

    @Test("the duration is computed where the header has none or lies", arguments: ["recorder.webm", "fragmented.mp4"])
    func computed(name: String) throws {
        let found = try inspectFile("\(samples)/video/\(name)")
        #expect(abs(try #require(found.duration) - 3) < 0.1)
    }

    @Test("kinds, containers and sizes that the policy does not allow are rejected")
    func policies() {
        func code(_ name: String, _ change: (inout MediaPolicy) -> Void) -> MediaError.Code? {
            var policy = everything
            change(&policy)
            return rejection { () throws(MediaError) in try inspectFile("\(samples)/\(name)", policy) }
        }
        #expect(code("video/landscape.mp4") { $0.kinds = [.audio] } == .wrongKind)
        #expect(code("voice/voice.wav") { $0.kinds = [.video] } == .wrongKind)
        #expect(code("image/picture.webp") { $0.kinds = [.video] } == .wrongKind)
        #expect(code("video/clip.avi") { $0.videoContainers = [.mp4] } == .unsupported)
        #expect(code("video/landscape.mp4") { $0.maximumBytes = 1000 } == .tooLarge)
        #expect(code("video/landscape.mp4") { $0.maximumPixels = 1000 } == .tooManyPixels)
        #expect(code("image/orientation-1.jpg") { $0.maximumPixels = 1000 } == .tooManyPixels)
        #expect(code("video/landscape.mp4") { $0.maximumStreams = 1 } == .tooManyStreams)
        #expect(code("video/landscape.mp4") { $0.deadline = 0 } == .deadline)
    }

    @Test("a document is accepted unopened where documents are accepted")
    func documents() throws {
        var policy = everything
        policy.kinds.insert(.document)
        let text = try inspectFile("\(samples)/broken/playlist.mp4", policy)
        #expect(text.kind == .document && text.mimeType == "text/plain; charset=utf-8" && text.fileExtension == "txt")
        #expect(try inspectBytes(Array("%PDF-1.7 ...".utf8), policy).mimeType == "application/pdf")
        #expect(try inspectBytes(Array("PK\u{3}\u{4}...".utf8), policy).mimeType == "application/zip")
        #expect(try inspectBytes([1, 2, 3], policy).mimeType == "application/octet-stream")
        #expect(try inspectFile("\(samples)/video/landscape.mp4", policy).kind == .video)
    }

    @Test("a picture that claims too many pixels is rejected by its header, without decoding")
    func pixelBomb() throws {
        var png = try sample("image/transparent.png")
        png.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
        #expect(rejection { () throws(MediaError) in try inspectBytes(png) } == .tooManyPixels)
    }

    @Test(
        "a picture of exactly the maximum number of pixels is accepted with its thumbnail",
        arguments: ["image/orientation-1.jpg", "image/transparent.png", "image/picture.webp", "video/landscape.mp4"])
    func exactlyAllowed(name: String) throws {
        let size = try #require(try inspectFile("\(samples)/\(name)").dimensions)
        var policy = everything
        policy.maximumPixels = size.width * size.height
        #expect(try inspectFile("\(samples)/\(name)", policy).thumbnail != nil)
        policy.maximumPixels -= 1
        #expect(rejection { () throws(MediaError) in try inspectFile("\(samples)/\(name)", policy) } == .tooManyPixels)
    }

    @Test("a truncated picture is rejected", arguments: ["orientation-1.jpg", "transparent.png"])
    func halfPicture(name: String) throws {
        let bytes = try sample("image/\(name)")
        #expect(
            rejection { () throws(MediaError) in try inspectBytes(Array(bytes.dropLast(bytes.count / 4))) }
                == .truncated)
    }

    @Test("a codec that this build cannot decode costs the thumbnail, not the upload")
    func unknownCodec() throws {
        var bytes = try sample("video/no-audio.mp4")
        let position = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("avc1".utf8)) && $0 > 64 })
        bytes.replaceSubrange(position..<position + 4, with: Array("vvc1".utf8))
        let found = try inspectBytes(bytes)
        #expect(found.kind == .video && found.thumbnail == nil)
        #expect(found.thumbnailFailure?.contains("vvc") ?? false)
        #expect(found.duration == 3)
    }
}
