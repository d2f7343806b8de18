import ChatBridge
import MediaModel
import Testing

@testable import Bananatalk

struct ClientVoiceMetadataTests {
    let measured = MediaRecord(
        key: "k", kind: .audio, mimeType: "audio/mp4", fileSize: 1, sha256: "", duration: 3, waveform: [1, 0.5])
    let unmeasured = MediaRecord(key: "k", kind: .audio, mimeType: "audio/mp4", fileSize: 1, sha256: "")

    @Test("what was measured is not overridden")
    func measuredWins() {
        let claims = ClientVoiceMetadata(["duration": "99", "waveform": "[0.1]"])
        #expect(claims.completing(measured) == measured)
    }

    @Test("a claim counts where nothing could be measured, clamped to [0, 1]")
    func fallback() {
        let record = ClientVoiceMetadata(["duration": "15.3", "waveform": "[0.1, 5, -3]"]).completing(unmeasured)
        #expect(record.duration == 15.3 && record.waveform == [0.1, 1, 0])
    }

    @Test(
        "a claim that makes no sense is none",
        arguments: [
            ["duration": "-1", "waveform": "[]"], ["duration": "nan", "waveform": "{}"],
            ["duration": "inf", "waveform": #"[1,"2"]"#], ["duration": "soon", "waveform": "[1,"], [:],
        ])
    func nonsense(fields: [String: String]) {
        #expect(ClientVoiceMetadata(fields).completing(unmeasured) == unmeasured)
    }

    @Test("a claimed waveform is bounded in length, a duration in time")
    func bounds() {
        let peaks = "[" + [String](repeating: "1", count: 5000).joined(separator: ",") + "]"
        let record = ClientVoiceMetadata(["duration": "1e300", "waveform": peaks]).completing(unmeasured)
        #expect(record.waveform?.count == 1024 && record.duration == 86_400)
    }
}
