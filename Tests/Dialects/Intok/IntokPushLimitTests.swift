import ChatBridge
import Foundation
import JSON
import Testing

@testable import Intok

@Suite("intok: the size of an event for devices")
struct IntokPushLimitTests {
    private func device(_ number: Int, bytes: Int) -> UserRecord {
        let token = String(repeating: "\"", count: bytes - 3) + String(format: "%03d", number)
        return UserRecord(
            dialect: .intok, kind: .device, key: token, user: "bob", value: ["platform": "ios"],
            createdAt: Date(timeIntervalSince1970: Double(number)))
    }

    @Test("the latest devices are shown, in 8 KiB as they are sent")
    func devices() throws {
        let usual = (1...20).map { device($0, bytes: 64) }
        #expect(IntokService.shown(usual).compactMap { $0["token"]?.stringValue } == usual.map(\.key))
        let large = (1...64).map { device($0, bytes: 1_024) }
        let shown = IntokService.shown(large)
        #expect(shown.compactMap { $0["token"]?.stringValue } == large.suffix(3).map(\.key))
        #expect(JSONValue.array(shown).encodedText().utf8.count <= 8 << 10)
        #expect(IntokService.shown([device(1, bytes: 4_096)]).count == 1)
    }

    @Test("a preview has 100 characters, and 400 bytes even if a character has more")
    func preview() {
        #expect(IntokService.preview(of: String(repeating: "é", count: 200), length: 100).count == 100)
        let character = "e" + String(repeating: "\u{301}", count: 100)
        #expect(IntokService.preview(of: character + character, length: 100) == character)
        #expect(IntokService.preview(of: "e" + String(repeating: "\u{301}", count: 1_000), length: 100).isEmpty)
    }
}
