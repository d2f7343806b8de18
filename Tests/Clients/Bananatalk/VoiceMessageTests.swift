import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("A voice message over HTTP")
struct VoiceMessageTests {
    @Test(
        "duration and waveform are the audio's own, whatever the client says",
        .proves(.bananatalk, "POST /messages/voice"),
        arguments: [
            "voice.m4a", "voice.mp3", "voice-no-header.mp3", "voice.wav", "voice.ogg", "voice.webm",
        ])
    func measured(name: String) async throws {
        let service = try TestService.start()
        let file = try Sample.file("voice/\(name)")
        let response = try await service.call(
            "POST", "/bananatalk/api/v1/messages/voice", token: try service.token("alice"),
            fields: ["receiver": "bob", "duration": "99", "waveform": "[5,-3,0.5]"], files: ["voice": file])
        #expect(response.status == 201, "\(response.body)")
        #expect(response.data["messageType"] as? String == "voice")
        #expect(response.media["type"] as? String == "voice")
        let decoded = try await Self.decodedDuration(file)
        let duration = try #require(response.media["duration"] as? Double)
        #expect(abs(duration - decoded) <= 0.02, "\(duration) against \(decoded) by decoding")
        let waveform = try #require(response.media["waveform"] as? [Double])
        #expect(waveform.count == 64)
        #expect(waveform.max() == 1 && waveform.allSatisfy { (0...1).contains($0) })
    }

    @Test("silence has a waveform of zeros")
    func silence() async throws {
        let service = try TestService.start()
        let response = try await service.call(
            "POST", "/bananatalk/api/v1/messages/voice", token: try service.token("alice"), fields: ["receiver": "bob"],
            files: ["voice": try Sample.file("voice/silence.wav")])
        #expect(response.status == 201, "\(response.body)")
        #expect(response.media["waveform"] as? [Double] == [Double](repeating: 0, count: 64))
    }

    @Test("a video is no voice message", .proves(.bananatalk, "POST /messages/voice"))
    func video() async throws {
        let service = try TestService.start()
        let response = try await service.call(
            "POST", "/bananatalk/api/v1/messages/voice", token: try service.token("alice"), fields: ["receiver": "bob"],
            files: ["voice": try Sample.file("video/landscape.mp4")])
        #expect(response.status == 400 && response.error?.isEmpty == false)
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    /// What the ffmpeg command counts by decoding every sample, in seconds.
    private static func decodedDuration(_ file: URL) async throws -> Double {
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["sh", "-c", "ffmpeg -v error -i \"$0\" -ac 1 -ar 48000 -f s16le - | wc -c", file.path])
        let bytes = try #require(Double(finished.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        try #require(bytes > 0, "ffmpeg is missing or failed; install it with: apt-get install ffmpeg")
        return bytes / 2 / 48000
    }
}
