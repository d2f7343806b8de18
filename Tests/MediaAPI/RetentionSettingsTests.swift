import Configuration
import MediaModel
import Testing

@testable import MediaAPI

@Suite("The setting of how long files are kept")
struct RetentionSettingsTests {
    private func ages(_ text: String?) throws -> [MediaKind: Double] {
        try RetentionSettings(SettingsReader(environment: text.map { ["DARKROOM_RETENTION": $0] } ?? [:])).ages
    }

    @Test("has an age for each kind that it names, and none by default")
    func values() throws {
        #expect(try ages(nil) == [:])
        #expect(try ages("voice:90d") == [.audio: 7_776_000])
        #expect(
            try ages("video:1y,image:8w,document:12h")
                == [.video: 31_536_000, .image: 4_838_400, .document: 43_200])
    }

    @Test(
        "is an error for everything else",
        arguments: [
            "video", "video:", "video:1", "video:d", "video:0d", "video:-1d", "film:1d", "video:1m", "video:1y:2",
            "video:101y",
            "video:99999999999999999999d", "voice:1d,audio:2d",
        ])
    func invalid(text: String) {
        #expect(throws: SettingError.self) { _ = try ages(text) }
    }
}
