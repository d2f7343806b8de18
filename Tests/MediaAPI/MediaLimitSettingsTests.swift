import Configuration
import JSON
import MediaModel
import TestSupport
import Testing

@testable import MediaAPI

@Suite("Settings of the limits of files")
struct MediaLimitSettingsTests {
    private func limits(_ environment: [String: String]) throws(SettingError) -> MediaLimits {
        try MediaLimits(SettingsReader(environment: environment))
    }

    @Test("without settings there are none")
    func none() throws { #expect(try limits([:]) == MediaLimits()) }

    @Test("each kind has its own, and a number alone is for all kinds that have it")
    func read() throws {
        let limits = try limits([
            "DARKROOM_MAX_SIZE": "video=500, image=20", "DARKROOM_MAX_DURATION": "600",
            "DARKROOM_ACCEPTED_PIXELS": "image=200000000", "DARKROOM_ACCEPTED_KINDS": "image,video",
        ])
        #expect(limits.bytes[.video]?.value == 500 << 20 && limits.bytes[.image]?.value == 20 << 20)
        #expect(limits.bytes[.video]?.origin == "DARKROOM_MAX_SIZE" && limits.bytes[.audio] == nil)
        #expect(limits.seconds.mapValues(\.value) == [.video: 600, .audio: 600])
        #expect(limits.pixels.mapValues(\.value) == [.image: 200_000_000])
        #expect(
            limits.excludedKinds == [.audio: "DARKROOM_ACCEPTED_KINDS", .document: "DARKROOM_ACCEPTED_KINDS"])
    }

    @Test(
        "what cannot be right stops the start, with the setting's name",
        arguments: [
            ("DARKROOM_MAX_SIZE", "film=500"), ("DARKROOM_MAX_SIZE", "video=0"), ("DARKROOM_MAX_SIZE", "video=500M"),
            ("DARKROOM_MAX_SIZE", "video"), ("DARKROOM_MAX_SIZE", "video=1,video=2"),
            ("DARKROOM_MAX_SIZE", "20,video=500"),
            ("DARKROOM_MAX_DURATION", "image=5"), ("DARKROOM_ACCEPTED_PIXELS", "audio=5"),
            ("DARKROOM_ACCEPTED_PIXELS", "500000001"), ("DARKROOM_ACCEPTED_KINDS", "image,film"),
            ("DARKROOM_ACCEPTED_KINDS", ","),
        ])
    func invalid(variable: String, value: String) {
        let error = thrown(SettingError.self) { try limits([variable: value]) }
        #expect(error?.variable == variable, "\(value)")
    }

    @Test(
        "limits of a request are numbers above 0 and known kinds",
        arguments: [
            ["maxSize": "0"], ["maxSize": "-1"], ["maxSize": "1.5"], ["maxDuration": "nan"], ["maxDuration": "inf"],
            ["maxPixels": "many"], ["kinds": "image,film"], ["kinds": ","],
        ])
    func invalidRequest(fields: [String: String]) {
        #expect(thrown(APIError.self) { try RequestedLimits.parse(fields) }?.code == .invalidField)
    }

    @Test("fields of a form and members of a body say the same")
    func same() throws {
        let form = try RequestedLimits.parse([
            "maxSize": "1000", "maxDuration": "2.5", "maxPixels": "", "kinds": "video, audio",
        ])
        let body = try RequestedLimits.parse(["maxSize": 1000, "maxDuration": 2.5, "kinds": ["video", "audio"]])
        #expect(form == body && form.seconds[.audio]?.value == 2.5 && form.pixels.isEmpty)
        #expect(form.excludedKinds == [.image: "kinds", .document: "kinds"])
    }
}
