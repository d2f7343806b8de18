import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatBridge
@testable import ImageKit

struct ImageKitServiceTests {
    private let chat = JSONValue.string(ImageKitFixture.chat)

    @Test("a message shows the stored properties of a file, whatever the client claims")
    func ownFacts() async throws {
        let fixture = try await ImageKitFixture()
        let file = JSONValue.string(try await fixture.file(of: fixture.ann))
        _ = try await fixture.service.sendMedia(
            [
                "chatId": chat, "messageType": "video",
                "media": ["fileId": file, "fileSize": 1, "mimeType": "text/html"],
            ],
            from: fixture.ann)
        let (page, _) = try await fixture.service.messages(
            of: ImageKitFixture.chat, for: fixture.bob, page: nil, limit: nil)
        #expect(page.items.first?["messageType"] == "video")
        let media = try #require(page.items.first?["media"])
        #expect(media["fileId"] == file && media["fileSize"] == 15_000_000 && media["mimeType"] == "video/mp4")
        #expect(media["fileName"] == "holiday.mp4" && media["duration"] == 45.5)
        #expect(media["url"]?.stringValue?.hasPrefix("https://media.example/imagekit/chat/") == true)
    }

    @Test("a file can be sent only by its owner, in its chat, under its own URL")
    func foreignFiles() async throws {
        let fixture = try await ImageKitFixture()
        try await fixture.base.store.upsert(
            Conversation(
                id: "other", dialect: .imagekit, members: ["ann", "bob"], name: "Other",
                createdAt: fixture.base.clock.now))
        let file = JSONValue.string(try await fixture.file(of: fixture.ann))
        let anywhere = JSONValue.string(try await fixture.file(of: fixture.ann, for: nil))
        func send(_ media: JSONValue, to chat: JSONValue, by caller: ChatCaller) async -> ChatError.Code? {
            await code { try await fixture.service.sendMedia(["chatId": chat, "media": media], from: caller) }
        }
        #expect(await send(["fileId": file], to: chat, by: fixture.bob) == .mediaNotFound)
        #expect(await send(["fileId": file], to: "other", by: fixture.ann) == .mediaNotFound)
        #expect(
            await send(["fileId": file, "url": "https://evil.example/x"], to: chat, by: fixture.ann) == .mediaNotFound)
        #expect(await send(["fileId": file], to: chat, by: fixture.eve) == .notAllowed)
        #expect(await send(["fileId": anywhere], to: chat, by: fixture.bob) == .mediaNotFound)
        #expect(await send(["fileId": anywhere], to: "other", by: fixture.ann) == nil)
        #expect(await send(["fileId": file], to: chat, by: fixture.ann) == nil)
    }

    @Test("the metadata of a file are its owner's alone until it is sent, and the chat's while a message shows it")
    func metadata() async throws {
        let fixture = try await ImageKitFixture()
        for chat in [ImageKitFixture.chat, nil] {
            let file = try await fixture.file(of: fixture.ann, for: chat)
            func viewers() async -> [String] {
                var viewers: [String] = []
                for caller in [fixture.ann, fixture.bob, fixture.eve] {
                    let code = await code { try await fixture.service.metadata(of: file, for: caller) }
                    #expect(code == nil || code == .mediaNotFound)
                    if code == nil { viewers.append(caller.id) }
                }
                return viewers
            }
            #expect(await viewers() == ["ann"])
            let body: JSONValue = ["chatId": self.chat, "media": ["fileId": .string(file)]]
            let sent = try await fixture.service.sendMedia(body, from: fixture.ann)
            #expect(await viewers() == ["ann", "bob"])
            try await fixture.provision(members: ["ann"])
            #expect(await viewers() == ["ann"])
            try await fixture.provision(members: ["ann", "bob"])
            let named: JSONValue = ["chatId": self.chat, "messageId": sent["messageId"] ?? .null]
            _ = try await fixture.service.delete(named, by: fixture.ann)
            #expect(await !viewers().contains("bob"))
        }
    }

    @Test(
        "a file that its owner deletes is removed from its messages; a deleted message's file is, unless another shows it"
    )
    func deletion() async throws {
        let fixture = try await ImageKitFixture()
        let file = try await fixture.file(of: fixture.ann)
        let body: JSONValue = ["chatId": chat, "media": ["fileId": .string(file)]]
        let first = try await fixture.service.sendMedia(body, from: fixture.ann)
        _ = try await fixture.service.sendMedia(body, from: fixture.ann)
        let named: JSONValue = ["chatId": chat, "messageId": first["messageId"] ?? .null]
        #expect(try await fixture.service.delete(named, by: fixture.ann).isForAll)
        #expect(try await fixture.base.store.pendingDeletions(limit: 10).isEmpty)
        let other = try await fixture.file(of: fixture.bob)
        _ = try await fixture.service.sendMedia(
            ["chatId": chat, "media": ["fileId": .string(other)]], from: fixture.bob)
        #expect(await code { try await fixture.service.deleteFile(other, by: fixture.ann) } == .mediaNotFound)
        try await fixture.service.deleteFile(other, by: fixture.bob)
        #expect(try await fixture.base.store.pendingDeletions(limit: 10).count == 2)
        let (page, _) = try await fixture.service.messages(
            of: ImageKitFixture.chat, for: fixture.bob, page: nil, limit: nil)
        #expect(page.items.map { $0["media"]?.isNull } == [true, false, true])
    }

    @Test("a request is answered once, by its receiver; a block is lifted by the user who made it")
    func state() async throws {
        let fixture = try await ImageKitFixture()
        let asked = try await fixture.service.chat(with: "eve", for: fixture.ann)
        let id = try #require(asked["_id"]?.stringValue)
        #expect(
            try await fixture.service.requests(to: fixture.eve, page: nil, limit: nil).items.map { $0["_id"] } == [
                .string(id)
            ])
        #expect(await code { try await fixture.service.accept(id, by: fixture.ann) } == .notAllowed)
        #expect(await code { try await fixture.service.accept(id, by: fixture.bob) } == .notAllowed)
        #expect(try await fixture.service.accept(id, by: fixture.eve)["status"] == "accepted")
        #expect(await code { try await fixture.service.reject(id, by: fixture.eve) } == .invalidRequest)
        #expect(try await fixture.service.block(id, by: fixture.ann)["blockedBy"] == "ann")
        for caller in [fixture.ann, fixture.eve] {
            let rejected = await code {
                try await fixture.service.sendMessage(["chatId": .string(id), "content": "x"], from: caller)
            }
            #expect(rejected == .notAllowed)
        }
        #expect(await code { try await fixture.service.block(id, by: fixture.ann) } == .invalidRequest)
        #expect(await code { try await fixture.service.unblock(id, by: fixture.eve) } == .notAllowed)
        #expect(try await fixture.service.unblock(id, by: fixture.ann)["status"] == "accepted")
        #expect(await code { try await fixture.service.unblock(id, by: fixture.ann) } == .invalidRequest)
    }

    @Test("blocking a chat keeps its other settings")
    func settings() {
        var state = ChatRequestState(["theme": "dark", "status": "accepted"])
        #expect(throws: Never.self) { try state.block(by: "ann") }
        let written = state.written(to: ["theme": "dark", "status": "accepted"])
        #expect(written == ["theme": "dark", "status": "blocked", "formerStatus": "accepted", "blockedBy": "ann"])
    }

    @Test("an upload token is used once")
    func token() async throws {
        let fixture = try await ImageKitFixture()
        let expires = fixture.base.clock.now + 60
        try await fixture.service.claim(token: "t", expires: expires)
        #expect(await code { try await fixture.service.claim(token: "t", expires: expires) } == .invalidRequest)
    }

    @Test(
        "a name in the media library keeps letters, digits, dots, hyphens and underscores",
        arguments: [
            ("my photo.jpg", "/pets/our cat", "my_photo_1.jpg", "/pets/our_cat/my_photo_1.jpg"),
            ("../../etc/passwd", "../x//y/.", ".._.._etc_passwd_1", "/x/y/.._.._etc_passwd_1"),
            (".hidden", "", ".hidden_1", "/.hidden_1"), ("..", "/", "file_1", "/file_1"),
            ("Grüße 👍.tar.gz", "ä", "Gr__e__.tar_1.gz", "/_/Gr__e__.tar_1.gz"),
        ])
    func names(requestedName: String, folder: String, name: String, path: String) {
        let made = ImageKitFileName(requestedName, suffix: "1", folder: folder)
        #expect(made.name == name && made.path == path)
    }
}
