import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Hostile requests")
struct HostileRequestTests {
    @Test("each smuggling shape gets 400, alone, and the connection is closed")
    func smuggling() async throws {
        let service = try TestService.start()
        let finished = try await Python.run("smuggling.py", [service.base, try service.token("alice")])
        let answers = try #require(try finished.json() as? [String: [Any]], "\(finished.errors)")
        #expect(answers.count > 20)
        for (shape, response) in answers {
            #expect(response[0] as? Int == 400, "\(shape)")
            #expect(response[1] as? Int == 1, "\(shape): the request behind it was answered too")
            #expect(response[2] as? Bool == true, "\(shape)")
        }
    }

    @Test(
        "no object URL leaves the store's folder",
        arguments: [
            "/objects/../chat.sqlite", "/objects/%2e%2e/chat.sqlite", "/objects/..%2fchat.sqlite",
            "/objects//etc/passwd",
            "/objects/%2fetc%2fpasswd", "/objects/a%00b", "/objects/", "/objects/bananatalk/video/none.mp4",
        ])
    func climbing(path: String) async throws {
        let service = try TestService.start()
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-sS", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", service.base + path])
        let status = try #require(Int(finished.output))
        #expect([400, 403, 404].contains(status))
    }

    @Test(
        "another user's message is not shown, forwarded or deleted, and leaks nothing", .proves(.bananatalk, "access"))
    func strangers() async throws {
        let service = try TestService.start()
        let response = try await service.sendVideo(
            try Sample.file("video/short.mp4"), token: try service.token("alice"), message: "private words")
        let id = try #require(response.data["_id"] as? String)
        let mallory = try service.token("mallory")
        let path = "/bananatalk/api/v1/messages"
        for (method, route, body) in [
            ("GET", "\(path)/\(id)", nil), ("DELETE", "\(path)/\(id)?forAll=true", nil),
            ("POST", "\(path)/\(id)/reply", #"{"message":"x"}"#),
            ("POST", "\(path)/\(id)/forward", #"{"receiverIds":["mallory2"]}"#),
            ("GET", "\(path)/conversation/alice/bob", nil),
        ] as [(String, String, String?)] {
            let rejected = try await service.call(method, route, token: mallory, json: body)
            #expect([403, 404].contains(rejected.status), "\(method) \(route)")
            #expect(!"\(rejected.body)".contains("private words"))
        }
        let kept = try await service.call("GET", "\(path)/\(id)", token: try service.token("bob"))
        #expect(kept.status == 200 && kept.media["url"] is String)
    }

    @Test("a user's token does not open the native API, nor act for others")
    func scopes() async throws {
        let service = try TestService.start()
        let user = try service.token("alice")
        for (method, path, body) in [
            ("PUT", "/v1/users/alice", #"{"name":"A"}"#),
            ("PUT", "/v1/conversations/c1", #"{"dialect":"bananatalk","members":["alice","bob"]}"#),
            ("GET", "/v1/media/65a000000000000000000000", nil), ("DELETE", "/v1/media/65a000000000000000000000", nil),
        ] as [(String, String, String?)] {
            let response = try await service.call(method, path, token: user, json: body)
            #expect(response.status == 403, "\(method) \(path)")
            #expect(response.headers["content-type"] == "application/problem+json")
        }
        let acting = try await service.call(
            "GET", "/bananatalk/api/v1/messages/video-config", token: user, headers: ["X-On-Behalf-Of": "bob"])
        #expect(acting.status == 403)
    }
}
