import ChatTestSupport
import MediaModel
import Testing

@testable import ChatBridge
@testable import Intok

struct IntokKeyTests {
    private static let id = "att_6743aabbccddeeff00112233"

    private static let wellFormed: [String] = [
        "conv_abc123/\(id).jpg", "a/b c/\(id)-thumb.jpg", "profiles/user_abc123/uuid.jpg", "conv_abc123/\(id).mp4",
    ]

    @Test("a key names the owner of a file, and is written as it was parsed", arguments: wellFormed)
    func roundTrip(text: String) {
        #expect(IntokKey(text)?.text == text)
    }

    private static let malformed: [String] = [
        "", "/", "att_1.jpg", "/\(id).jpg", "conv/att_1.jpg", "conv/\(id)", "conv/\(id).", "conv/\(id).jpg.exe",
        "conv/\(id).j/g", "conv/../\(id).toolong", "profiles/uuid.jpg", "profiles//uuid.jpg", "conv/uuid.jpg",
        "conv/\(id)x.jpg", "conv\u{0}/\(id).jpg", String(repeating: "c", count: 500) + "/\(id).jpg",
    ]

    @Test("a text that is not a key is rejected", arguments: malformed)
    func rejected(text: String) {
        #expect(IntokKey(text) == nil)
    }

    @Test(
        "the reference's types are accepted, with parameters and in any case, and no others",
        arguments: [
            ("image/jpeg", "jpg"), ("IMAGE/JPEG", "jpg"), ("audio/webm;codecs=opus", "webm"),
            ("text/plain ; a=b", "txt"),
            ("video/quicktime", "mov"), ("application/msword", "doc"), ("image/svg+xml", nil), ("text/html", nil),
            ("", nil), (";", nil), ("video/x-msvideo", nil),
        ] as [(String, String?)])
    func types(name: String, fileExtension: String?) {
        #expect(IntokMediaType(name)?.fileExtension == fileExtension)
    }
}
