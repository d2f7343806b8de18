import ChatBridge
import Foundation
import JSON
import TestPrograms
import Testing

@Suite("imagekit: ImageKit's own upload API")
struct ImageKitFileTests {
    @Test(
        "ImageKit's SDK uploads, reads and deletes by the private key, with only its base URL changed",
        .proves(
            .imagekit, "POST /api/v1/files/upload", "GET /v1/files/:fileId/details", "GET /v1/files/:fileId/metadata",
            "DELETE /v1/files/:fileId"))
    func server() async throws {
        let chat = try await ImageKitFixture()
        let clientOutput = try await sdk(
            "server", chat.service.base + "/imagekit", ImageKitFixture.privateKey,
            Sample.file("image/orientation-6.jpg").path)
        let uploaded = try #require(clientOutput["uploaded"] as? [String: Any])
        try chat.expectKeys(
            uploaded,
            [
                "fileId": "", "name": "", "url": "", "thumbnailUrl": "", "height": 1, "width": 1, "size": 1,
                "filePath": "", "fileType": "image", "tags": [""], "customCoordinates": "", "isPrivateFile": false,
                "versionInfo": ["id": "", "name": ""], "metadata": ["format": "", "size": 1],
            ])
        let name = try #require(uploaded["name"] as? String)
        #expect(name.hasPrefix("my_photo_") && name.hasSuffix(".jpg") && name.count > "my_photo_.jpg".count)
        #expect(uploaded["filePath"] as? String == "/pets/our_cat/\(name)")
        #expect(uploaded["tags"] as? [String] == ["cat", "sofa"])
        #expect(clientOutput["shown"] as? [Int] == [200, 200])
        let details = try #require(clientOutput["details"] as? [String: Any])
        #expect(details["fileId"] as? String == uploaded["fileId"] as? String)
        #expect(details["customMetadata"] as? [String: String] == ["mood": "sleepy"])
        #expect(details["mime"] as? String == "image/jpeg")
        #expect((clientOutput["metadata"] as? [String: Any])?["width"] as? Int == uploaded["width"] as? Int)
        #expect((clientOutput["gone"] as? [String: Any])?["status"] as? Int == 404)
        let forged = try #require(clientOutput["forged"] as? [String: Any])
        #expect(forged["status"] as? Int == 403)
        try chat.expectKeys(try #require(forged["body"]), ["message": "", "help": ""])
        try await chat.expectNothingLeft()
    }

    @Test(
        "ImageKit's SDK uploads by a client's token, once; only that user can send the file",
        .proves(.imagekit, "GET /media/get-upload-token", "POST /api/v1/files/upload"))
    func client() async throws {
        let chat = try await ImageKitFixture()
        let token = try await chat.call("GET", "/api/media/get-upload-token", token: chat.ann)
        try chat.expectKeys(
            token.body,
            [
                "status": 200, "message": "", "success": true,
                "data": ["token": "", "expire": 1, "signature": "", "publicKey": "", "urlEndpoint": ""],
            ], "#### 16. Get Upload Token", after: "Response:")
        #expect(token.data["urlEndpoint"] as? String == "https://media.example/account")
        let clientOutput = try await sdk(
            "client", chat.service.base + "/imagekit",
            String(decoding: try JSONSerialization.data(withJSONObject: token.data), as: UTF8.self),
            Sample.file("image/orientation-1.jpg").path)
        let file = try #require((clientOutput["uploaded"] as? [String: Any])?["fileId"] as? String)
        #expect((clientOutput["again"] as? [String: Any])?["status"] as? Int == 400)
        let (ann, bob) = (try await chat.joined(chat.ann), try await chat.joined(chat.bob))
        let media: [String: Any] = ["chatId": ImageKitFixture.chat, "media": ["fileId": file]]
        try await bob.ask("send_media", media, answer: "error")
        try await ann.ask("send_media", media, answer: "send_media_success")
        let received = try await bob.next("media_received")
        #expect((received["media"] as? [String: Any])?["fileId"] as? String == file)
    }

    @Test(
        "the signature of a token is the one that ImageKit's SDK makes",
        .proves(.imagekit, "GET /media/get-upload-token"))
    func signature() async throws {
        let chat = try await ImageKitFixture()
        let token = try await chat.call("GET", "/api/media/get-upload-token", token: chat.ann).data
        let signed = try await sdk(
            "sign", ImageKitFixture.privateKey, "\(try #require(token["token"]))", "\(try #require(token["expire"]))")
        #expect(signed["signature"] as? String == token["signature"] as? String)
        #expect(try await chat.call("GET", "/api/media/get-upload-token", token: nil).status == 401)
    }

    @Test("a token signed by the chat server itself uploads for the chat server, and no user shows that file")
    func foreignToken() async throws {
        let chat = try await ImageKitFixture()
        let signed = try await sdk(
            "sign", ImageKitFixture.privateKey, UUID().uuidString, "\(Int(Date().timeIntervalSince1970) + 600)")
        let fields = try ["token", "expire", "signature"].map { ($0, FormPart.text("\(try #require(signed[$0]))")) }
        let response = try await chat.uploadFile(fields + [("publicKey", .text(ImageKitFixture.publicKey))])
        #expect(response.status == 200, "\(response.body)")
        let ann = try await chat.socket(chat.ann)
        try await ann.ask(
            "send_media",
            ["chatId": ImageKitFixture.chat, "media": ["fileId": try #require(response.body["fileId"] as? String)]],
            answer: "error")
    }

    @Test("with the private key the chat server uploads for a user that it names")
    func onBehalfOf() async throws {
        let chat = try await ImageKitFixture()
        let response = try await chat.uploadFile(
            [], headers: ImageKitFixture.basic.merging(["X-On-Behalf-Of": "ann"]) { $1 })
        let file = try #require(response.body["fileId"] as? String)
        let ann = try await chat.socket(chat.ann)
        try await ann.ask(
            "send_media", ["chatId": ImageKitFixture.chat, "media": ["fileId": file]], answer: "send_media_success")
    }

    @Test(
        "a caller without credentials, or with wrong ones, uploads nothing",
        .proves(.imagekit, "POST /api/v1/files/upload"))
    func rejected() async throws {
        let chat = try await ImageKitFixture()
        let good = try await chat.tokenFields(chat.ann)
        func changed(_ name: String, _ value: String) -> [(String, FormPart)] {
            good.map { $0.0 == name ? (name, .text(value)) : $0 }
        }
        let late = try await signed(expiringIn: 7_200)
        let past = try await signed(expiringIn: -10)
        let someoneElses = "\(UUID().uuidString).\(Data("bob".utf8).base64EncodedString())"
        let wrong: [([(String, FormPart)], Int)] = [
            ([], 401), (changed("signature", String(repeating: "0", count: 40)), 403),
            (changed("publicKey", "public_other"), 403), (changed("token", someoneElses), 403),
            (changed("expire", "9999999999"), 403), (late, 400), (past, 400), (good.dropLast(), 400),
        ]
        for (fields, status) in wrong {
            let response = try await chat.uploadFile(fields)
            #expect(response.status == status, "\(response.body)")
            try chat.expectKeys(response.body, ["message": "", "help": ""])
        }
        let guess = ["Authorization": "Basic " + Data("private_guess:".utf8).base64EncodedString()]
        #expect(try await chat.uploadFile([], headers: guess).status == 403)
        for path in ["/v1/files/64b000000000000000000009/details", "/v1/files/64b000000000000000000009/metadata"] {
            #expect(try await chat.call("GET", path, token: chat.ann).status == 401)
            #expect(try await chat.call("GET", path, token: nil, headers: guess).status == 403)
            #expect(try await chat.call("GET", path, token: nil, headers: ImageKitFixture.basic).status == 404)
        }
        #expect(
            try await chat.call("DELETE", "/v1/files/64b000000000000000000009", token: nil, headers: guess).status
                == 403)
        try await chat.expectNothingLeft()
    }

    @Test("a file comes as bytes, base64 or a data URL; any other URL is rejected, and so is invalid base64")
    func fileFields() async throws {
        let chat = try await ImageKitFixture()
        let bytes = try Data(contentsOf: Sample.file("image/orientation-1.jpg"))
        let base64 = bytes.base64EncodedString()
        for text in [base64, "data:image/jpeg;base64," + base64] {
            let response = try await chat.uploadFile(
                [("useUniqueFileName", .text("false"))], file: .text(text), headers: ImageKitFixture.basic)
            #expect(response.status == 200, "\(response.body)")
            #expect(response.body["size"] as? Int == bytes.count && response.body["name"] as? String == "photo.jpg")
        }
        for text in ["https://media.example/cat.jpg", "not in base64!", "data:image/jpeg,plain", "A"] {
            let response = try await chat.uploadFile([], file: .text(text), headers: ImageKitFixture.basic)
            #expect(response.status == 400, "\(response.body)")
            try chat.expectKeys(response.body, ["message": "", "help": ""])
        }
        let wrong = [
            ("tags", "50%"), ("isPrivateFile", "perhaps"), ("customCoordinates", "1,2"), ("customMetadata", "x"),
        ]
        for (name, value) in wrong {
            let response = try await chat.uploadFile([(name, .text(value))], headers: ImageKitFixture.basic)
            #expect(response.status == 400, "\(name): \(response.body)")
        }
        #expect(try await chat.service.leftovers(of: "media_items", awaiting: 2) == 2)
    }

    @Test("without configured keys the service generates secret ones", arguments: [true, false])
    func derivedKeys(isSet: Bool) async throws {
        let empty =
            isSet ? [:] : ["Image_Kit_Private_Key_Owner": "", "Image_Kit_Public_Key_Owner": "", "Image_Kit_URL": ""]
        let chat = try await ImageKitFixture(empty)
        let token = try await chat.call("GET", "/api/media/get-upload-token", token: chat.ann).data
        #expect((token["publicKey"] as? String == ImageKitFixture.publicKey) == isSet)
        #expect(try await chat.uploadFile(try await chat.tokenFields(chat.ann)).status == 200)
        #expect(try await chat.uploadFile([], headers: ImageKitFixture.basic).status == (isSet ? 200 : 403))
    }

    private func sdk(_ arguments: String...) async throws -> [String: Any] {
        let finished = try await Python.run("imagekit_sdk.py", arguments)
        try #require(finished.status == 0, "\(finished.errors)")
        return try #require(try finished.json() as? [String: Any])
    }

    private func signed(expiringIn seconds: Int) async throws -> [(String, FormPart)] {
        let expire = "\(Int(Date().timeIntervalSince1970) + seconds)"
        let signed = try await sdk("sign", ImageKitFixture.privateKey, UUID().uuidString, expire)
        return try ["token", "expire", "signature"].map { ($0, FormPart.text("\(try #require(signed[$0]))")) }
            + [("publicKey", .text(ImageKitFixture.publicKey))]
    }
}
