import Foundation
import TestPrograms
import Testing

@Suite("Limits of requests and uploads")
struct LimitTests {
    /// A route of each chat system, its token's user, and where its error envelope has the code.
    static let routes: [(path: String, code: [String], expected: String)] = [
        ("/bananatalk/api/v1/messages/video-config", ["type"], "rate_limited"),
        ("/imagekit/api/chats/requests", ["error"], "rate_limited"),
        ("/intok/api/conversations", ["code"], "RATE_LIMITED"),
        ("/signalr/api/v1/conversations", ["error", "code"], "RATE_LIMITED"),
        ("/rooms/api/v1/chat/rooms", ["error"], "Too Many Requests"),
    ]

    private static func script(_ arguments: String...) async throws -> [String: Any] {
        let finished = try await Python.run("rate_limits.py", arguments)
        try #require(finished.status == 0, "\(finished.errors)")
        return try #require(try finished.json() as? [String: Any])
    }

    @Test("each chat system says in its own envelope that a user has made too many requests, and when to come back")
    func envelopes() async throws {
        let service = try TestService.start(["DARKROOM_REQUESTS_PER_USER": "3"])
        for (path, code, expected) in Self.routes {
            let user = "user-of-" + path.split(separator: "/")[0]
            for _ in 1...3 {
                let answer = try await service.call("GET", path, token: try service.token(user))
                #expect(answer.status == 200, "\(path): \(answer.body)")
            }
            let refused = try await service.call("GET", path, token: try service.token(user))
            #expect(refused.status == 429, "\(path): \(refused.body)")
            let seconds = try #require(refused.headers["retry-after"].flatMap { Int($0) }, "\(path)")
            #expect((1...1200).contains(seconds), "\(path)")
            let found = code.dropLast().reduce(refused.body) { $0[$1] as? [String: Any] ?? [:] }
            #expect(found[code.last ?? ""] as? String == expected, "\(path): \(refused.body)")
        }
        // The same user in another chat system, and by the chat server's token.
        let user = "user-of-rooms"
        let elsewhere = try await service.call("GET", Self.routes[0].path, token: try service.token(user))
        #expect(elsewhere.status == 429)
        #expect((elsewhere.body["details"] as? [String: Any])?["max"] as? Int == 3)
        let thai = try await service.call("GET", Self.routes[4].path, token: try service.token(user))
        #expect(thai.body["message"] as? String == "ส่งคำขอมากเกินไป กรุณาลองใหม่ภายหลัง")
        let upload = #"{"contentType":"image/jpeg","size":1000}"#
        let forUser = try await service.call(
            "POST", "/v1/uploads", token: try service.serviceToken(), json: upload, headers: ["X-On-Behalf-Of": user])
        #expect(forUser.status == 429 && forUser.body["code"] as? String == "rate_limited")
        for _ in 1...10 {
            let own = try await service.call("POST", "/v1/uploads", token: try service.serviceToken(), json: upload)
            #expect(own.status == 201, "the chat server is not limited: \(own.body)")
        }
        let metrics = try await service.call("GET", "/metrics", token: try service.serviceToken())
        #expect(metrics.status == 200)
    }

    @Test("without settings a user has no limit")
    func noLimit() async throws {
        let service = try TestService.start()
        let found = try await Self.script(
            "parallel", "400", service.base + Self.routes[0].path, try service.token("ann"))
        #expect(found["statuses"] as? [String: Int] == ["200": 400])
    }

    @Test("of 200 requests at the same time, to one node or two that share Redis, exactly the allowed 50 are admitted")
    func parallel() async throws {
        let service = try TestService.start(["DARKROOM_REQUESTS_PER_USER": "50"])
        let path = Self.routes[0].path
        let alone = try await Self.script("parallel", "200", service.base + path, try service.token("ann"))
        #expect(alone["statuses"] as? [String: Int] == ["200": 50, "429": 150])
        let nodes = try TwoNodes(["DARKROOM_REQUESTS_PER_USER": "50"])
        let (token, first, second) = (try nodes.first.token("ann"), nodes.first.base + path, nodes.second.base + path)
        let together = try await Self.script("parallel", "200", first, token, second)
        #expect(together["statuses"] as? [String: Int] == ["200": 50, "429": 150])
        let wait = try #require((together["retryAfter"] as? String).flatMap { Int($0) })
        #expect((1...72).contains(wait))
        // Without Redis each node counts for itself, and no one is refused because of that.
        nodes.redis.stop()
        let others = try await Self.script("parallel", "50", first, try nodes.first.token("bob"), second)
        #expect(others["statuses"] as? [String: Int] == ["200": 50])
    }

    @Test("a one-time token of ImageKit that a limit has refused is not used up: the next upload with it is accepted")
    func token() async throws {
        let chat = try await ImageKitFixture(["DARKROOM_UPLOAD_MB_PER_USER": "1"])
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).bin")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(repeating: 7, count: 700 << 10).write(to: file)
        let first = try await chat.uploadFile(try await chat.tokenFields(chat.ann), file: .file(file))
        #expect(first.status == 200, "\(first.body)")
        let fields = try await chat.tokenFields(chat.ann)
        let refused = try await chat.uploadFile(fields, file: .file(file))
        #expect(refused.status == 429 && refused.headers["retry-after"] != nil, "\(refused.body)")
        let smaller = try await chat.uploadFile(fields)
        #expect(smaller.status == 200, "\(smaller.body)")
        #expect(try await chat.uploadFile(fields).status == 400, "it was used")
    }

    @Test("events of sockets are requests, and are refused in the form of each chat system's errors")
    func events() async throws {
        let service = try TestService.start(["DARKROOM_REQUESTS_PER_USER": "3"])
        for (path, event, data, error) in [
            ("bananatalk/socket.io", "getUserStatus", ["userId": "bob"], "messageError"),
            ("imagekit/socket.io", "typing", ["chatId": "none"], "error"),
        ] {
            let user = "user-of-" + path.split(separator: "/")[0]
            let peer = try await SocketPeer.connect(to: service, path: path, auth: ["token": try service.token(user)])
            for _ in 1...3 { try peer.emit(event, data) }
            var refused = try await peer.next(error)
            while "\(refused)".contains("Too many requests") == false { refused = try await peer.next(error) }
        }
        // A further connection is refused, too.
        let again = try await SocketPeer.rejection(
            by: service, path: "imagekit/socket.io", auth: ["token": try service.token("user-of-imagekit")])
        #expect("\(again ?? "")".contains("Too many requests"))

        let rooms = try await SocketPeer.connect(to: service, path: "rooms/socket.io")
        try rooms.emit("authenticate", ["token": try service.token("rose"), "userId": "rose"])
        _ = try await rooms.next("authenticated")
        for _ in 1...3 { try rooms.emit("get_online_users", [:]) }
        #expect(try await rooms.next("error")["message"] as? String == "ส่งคำขอมากเกินไป กรุณาลองใหม่ภายหลัง")

        let intok = try await IntokClient.connect(to: service, token: try service.token("ida"))
        for _ in 1...3 { try intok.send("typing", ["conversationId": "none", "isTyping": true]) }
        var refused = try await intok.next("error")
        while refused["code"] as? String != "RATE_LIMITED" { refused = try await intok.next("error") }
        #expect(refused["message"] as? String != nil)

        let hub = try await HubClient.connect(
            to: service, token: try service.token("sid"), until: 3,
            invoking: [("StartTyping", #"["none"]"#), ("StartTyping", #"["none"]"#), ("StartTyping", #"["none"]"#)])
        let lines = await hub.finish()
        #expect(lines.contains { "\($0)".contains("HubException: Too many requests") }, "\(lines)")
    }

    @Test(
        "a body that does not fit is refused at its head, one without a length when it crosses, and what did not arrive is not counted"
    )
    func uploads() async throws {
        let service = try TestService.start(["DARKROOM_UPLOAD_MB_PER_USER": "1"])
        let path = "/signalr/api/v1/chat/upload"
        func upload(_ kind: String, _ user: String, _ bytes: Int) async throws -> [String: Any] {
            try await Self.script(kind, service.base, path, try service.token(user), "\(bytes)")
        }
        let head = try await upload("head", "ann", 2 << 20)
        #expect(head["status"] as? Int == 413 && head["retryAfter"] as? String == nil, "no later time helps: \(head)")
        // None of it was counted: 800 KB still fit, and then 300 KB do not.
        #expect(try await upload("post", "ann", 800 << 10)["status"] as? Int == 200)
        let rest = try await upload("head", "ann", 300 << 10)
        #expect(rest["status"] as? Int == 429 && (rest["retryAfter"] as? String).flatMap { Int($0) } != nil, "\(rest)")
        let error = (rest["body"] as? [String: Any])?["error"] as? [String: Any]
        #expect(error?["code"] as? String == "RATE_LIMITED", "\(rest)")
        #expect(try await upload("chunks", "bob", 800 << 10)["status"] as? Int == 200)
        #expect(try await upload("chunks", "bob", 300 << 10)["status"] as? Int == 429)
        let chunks = try await upload("chunks", "cid", 64 << 20)
        #expect(chunks["status"] as? Int == 413, "\(chunks)")
        #expect((chunks["sent"] as? Int ?? .max) < 32 << 20, "refused before the end: \(chunks)")
        // At most half of 900 KB was received: as soon as the end of that request is noticed, 500 KB fit again.
        _ = try await upload("abort", "dan", 900 << 10)
        try await eventually("what did not arrive is given back") {
            try await upload("head", "dan", 500 << 10)["status"] as? Int != 429
        }

        // Direct uploads count when their URL is made.
        let native = try await service.call(
            "POST", "/v1/uploads", token: try service.serviceToken(),
            json: #"{"contentType":"image/jpeg","size":1048577}"#, headers: ["X-On-Behalf-Of": "eve"])
        #expect(native.status == 413 && native.body["code"] as? String == "media_too_large", "\(native.body)")
    }

    @Test("a direct upload that is rejected for another reason is not counted")
    func rejectedUploads() async throws {
        let service = try TestService.start(["DARKROOM_UPLOAD_MB_PER_USER": "7"])
        func open(_ size: Int, for user: String) async throws -> Answer {
            try await service.call(
                "POST", "/v1/uploads", token: try service.serviceToken(),
                json: "{\"contentType\":\"image/jpeg\",\"size\":\(size)}", headers: ["X-On-Behalf-Of": user])
        }
        for _ in 1...64 { #expect(try await open(100_000, for: "ann").status == 201) }
        // 6.4 MB of 7.3 are counted: one more fits once, and the user has 64 open uploads.
        for _ in 1...20 {
            let rejected = try await open(500_000, for: "ann")
            #expect(rejected.status != 201 && rejected.body["code"] as? String == "limit_exceeded", "\(rejected.body)")
        }
    }

    @Test("work for a user's token that is rejected counts for the user, too")
    func rejectedWork() async throws {
        let service = try TestService.start(["DARKROOM_REQUESTS_PER_USER": "3"])
        let path = Self.routes[1].path
        for _ in 1...3 {
            let answer = try await service.call(
                "GET", path, token: try service.token("ann"), headers: ["X-On-Behalf-Of": "bob"])
            #expect(answer.status == 403, "\(answer.body)")
        }
        #expect(try await service.call("GET", path, token: try service.token("ann")).status == 429)

        let intok = try await IntokClient.connect(to: service, token: try service.token("ida"))
        for _ in 1...3 { try intok.send("no such action", [:]) }
        var refused = try await intok.next("error")
        while refused["code"] as? String != "RATE_LIMITED" { refused = try await intok.next("error") }

        let rooms = try await SocketPeer.connect(to: service, path: "rooms/socket.io")
        try rooms.emit("authenticate", ["token": try service.token("rose"), "userId": "rose"])
        _ = try await rooms.next("authenticated")
        for _ in 1...3 { try rooms.emit("authenticate", ["token": "forged", "userId": "rose"]) }
        try rooms.emit("get_online_users", [:])
        #expect(try await rooms.next("error")["message"] as? String == "ส่งคำขอมากเกินไป กรุณาลองใหม่ภายหลัง")
    }

    @Test(
        "requests without a valid token are limited for their address; those with one are not, nor are other addresses")
    func addresses() async throws {
        let service = try TestService.start([
            "DARKROOM_REQUESTS_PER_ADDRESS": "5", "DARKROOM_TRUSTED_PROXIES": "127.0.0.1",
        ])
        func call(_ path: String, _ token: String?, from address: String) async throws -> Answer {
            try await service.call("GET", path, token: token, headers: ["X-Forwarded-For": address])
        }
        let path = Self.routes[1].path
        for token in [nil, "forged", nil] {
            #expect(try await call(path, token, from: "2001:db8::1").status == 401)
        }
        #expect(try await call("/nothing", nil, from: "2001:db8::2").status == 404)
        #expect(try await call("/imagekit/socket.io/?EIO=4&transport=polling", nil, from: "2001:db8::3").status == 200)
        for path in [path, "/nothing", "/imagekit/socket.io/?EIO=4&transport=polling", "/v1/media/x"] {
            let refused = try await call(path, nil, from: "2001:db8::4")
            let seconds = try #require(refused.headers["retry-after"].flatMap { Int($0) }, "\(path): \(refused.body)")
            #expect(refused.status == 429 && (1...720).contains(seconds), "\(path): \(refused.body)")
        }
        #expect(try await call(path, try service.token("ann"), from: "2001:db8::1").status == 200)
        #expect(try await call(path, nil, from: "2001:db8:0:1::1").status == 401)
        #expect(try await call("/healthz", nil, from: "2001:db8::1").status == 200)
    }

    @Test("without listed proxies a private address, which may be that of a proxy, counts for no one")
    func unlistedProxy() async throws {
        let service = try TestService.start(["DARKROOM_REQUESTS_PER_ADDRESS": "3"])
        for _ in 1...10 {
            let answer = try await service.call(
                "GET", Self.routes[1].path, token: "forged", headers: ["X-Forwarded-For": "2001:db8::1"])
            #expect(answer.status == 401, "\(answer.body)")
        }
    }

    @Test("sessions of Socket.IO whose clients authenticate use nothing of their address's limit")
    func sessions() async throws {
        let proxies = ["DARKROOM_REQUESTS_PER_ADDRESS": "3", "DARKROOM_TRUSTED_PROXIES": "127.0.0.1"]
        let service = try TestService.start(proxies)
        let header = ["X-Forwarded-For": "2001:db8::1"]
        for index in 1...8 {
            let user = "user-\(index)"
            let path = index % 2 == 0 ? "imagekit/socket.io" : "bananatalk/socket.io"
            _ = try await SocketPeer.connect(
                to: service, path: path, auth: ["token": try service.token(user)], headers: header)
            let rooms = try await SocketPeer.connect(to: service, path: "rooms/socket.io", headers: header)
            try rooms.emit("authenticate", ["token": try service.token(user), "userId": user])
            _ = try await rooms.next("authenticated")
        }
        // Those that do not authenticate count.
        for _ in 1...3 {
            let answer = try await service.call(
                "GET", "/imagekit/socket.io/?EIO=4&transport=polling", token: nil, headers: header)
            #expect(answer.status == 200)
        }
        let refused = try await service.call(
            "GET", "/imagekit/socket.io/?EIO=4&transport=polling", token: nil, headers: header)
        #expect(refused.status == 429)
        // A valid token at the head counts for its user instead; one in the first message is not read any more.
        func session(_ query: String, _ token: String?) async throws -> Int {
            try await service.call(
                "GET", "/imagekit/socket.io/?EIO=4&transport=polling" + query, token: token, headers: header
            ).status
        }
        let token = try service.token("late")
        #expect(try await session("&token=" + token, nil) == 200)
        #expect(try await session("", token) == 200)
        #expect(try await session("", try service.serviceToken()) == 200)
        for (query, token) in [("&token=forged", nil), ("", "forged")] as [(String, String?)] {
            #expect(try await session(query, token) == 429)
        }
        let rooms = try await SocketPeer.connect(
            base: service.base + "?token=" + token, path: "rooms/socket.io", headers: header)
        try rooms.emit("authenticate", ["token": "forged", "userId": "late"])
        #expect(try await rooms.next("auth_error")["message"] as? String == "ส่งคำขอมากเกินไป กรุณาลองใหม่ภายหลัง")
        try rooms.emit("authenticate", ["token": token, "userId": "late"])
        _ = try await rooms.next("authenticated")
        #expect(try await session("", nil) == 429, "a session that did not count gives nothing back")
    }
}
