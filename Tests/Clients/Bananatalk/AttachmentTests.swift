import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Bananatalk: documents, sound, contacts and stickers")
struct AttachmentTests {
    private static func file(_ name: String, _ content: String) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent(name)
        try Data(content.utf8).write(to: file)
        return file
    }

    @Test("a document is an attachment, and one of another format is rejected", .proves(.bananatalk, "POST /messages"))
    func documents() async throws {
        let service = try TestService.start()
        let token = try service.token("alice")
        for (name, content, type) in [
            ("notes.txt", "Some words.\n", "text/plain"), ("paper.pdf", "%PDF-1.4\n%%EOF\n", "application/pdf"),
        ] {
            let sent = try await service.call(
                "POST", MessageTests.path, token: token, fields: ["receiver": "bob"],
                files: ["attachment": try Self.file(name, content)])
            #expect(sent.status == 201 && sent.data["messageType"] as? String == "media", "\(sent.body)")
            #expect(sent.media["type"] as? String == "document" && sent.media["fileName"] as? String == name)
            #expect((sent.media["mimeType"] as? String)?.hasPrefix(type) == true)
            #expect(sent.media["fileSize"] as? Int == content.utf8.count && sent.media["thumbnail"] == nil)
        }
        let program = try await service.call(
            "POST", MessageTests.path, token: token, fields: ["receiver": "bob"],
            files: ["attachment": try Self.file("tool.pdf", "\u{7F}ELF\u{1}\u{1}\u{1}\0\0\0\0\0\0\0\0\0")])
        #expect(program.status == 400, "\(program.body)")
    }

    @Test("sound is an attachment with its duration", .proves(.bananatalk, "POST /messages"))
    func sound() async throws {
        let service = try TestService.start()
        let sent = try await service.call(
            "POST", MessageTests.path, token: try service.token("alice"), fields: ["receiver": "bob"],
            files: ["attachment": try Sample.file("voice/voice.m4a")])
        #expect(sent.status == 201 && sent.data["messageType"] as? String == "media", "\(sent.body)")
        #expect(sent.media["type"] as? String == "audio" && sent.media["duration"] is Double)
    }

    @Test("a contact and a sticker are messages of their own kinds", .proves(.bananatalk, "POST /messages"))
    func embeds() async throws {
        let service = try TestService.start()
        let token = try service.token("alice")
        let contact = try await service.call(
            "POST", MessageTests.path, token: token, json: #"{"receiver":"bob","contact":{"name":"Carol"}}"#)
        #expect(contact.status == 201 && contact.data["messageType"] as? String == "contact", "\(contact.body)")
        #expect((contact.data["contact"] as? [String: Any])?["name"] as? String == "Carol")
        let sticker = try await service.call(
            "POST", MessageTests.path, token: token, json: #"{"receiver":"bob","sticker":{"id":"s1"}}"#)
        #expect(sticker.status == 201 && sticker.data["messageType"] as? String == "sticker")
        let wrong = try await service.call(
            "POST", MessageTests.path, token: token, json: #"{"receiver":"bob","contact":{}}"#)
        #expect(wrong.status == 400)
    }
}
