import ChatBridge
import Foundation
import Testing

@Suite("The keys that the references show")
struct ExpectedKeysTests {
    @Test("the committed list is what the references say", .enabled(if: ReferenceDocument.folder != nil))
    func upToDate() throws {
        let regenerated = try ExpectedKeys.regenerated(from: #require(ReferenceDocument.folder))
        if ProcessInfo.processInfo.environment["DARKROOM_WRITE_EXPECTED_KEYS"] != nil {
            try Data(regenerated.utf8).write(to: ExpectedKeys.file)
        }
        #expect(try String(contentsOf: ExpectedKeys.file, encoding: .utf8) == regenerated)
    }

    @Test("each place is listed once, and none without its keys")
    func complete() throws {
        let lines = try ExpectedKeys.committed.get()
        #expect(Set(lines.map(\.place)).count == lines.count)
        for line in lines {
            let isEmpty = (line.example as? [String: Any])?.isEmpty ?? (line.example as? [Any])?.isEmpty ?? true
            #expect(!isEmpty, "\(line.place)")
        }
    }

    @Test("a heading that the list does not have is an issue, and no comparison that passes")
    func misspelt() throws {
        withKnownIssue {
            _ = try ExpectedKeys.mismatches(of: [String: Any](), .intok, under: "### GET /api/no-such-call")
        }
    }
}
