import HTTPServer
import Testing

struct RouterTests {
    private var router: Router<String> {
        var router = Router<String>()
        for (method, pattern) in [
            (HTTPMethod.get, "/"), (.get, "/messages"), (.post, "/messages"), (.get, "/messages/:id"),
            (.delete, "/messages/:id"), (.get, "/messages/unread"), (.put, "/messages/:id/read/:user"), (.get, "/a/"),
        ] {
            router.on(method, pattern, pattern)
        }
        return router
    }

    private func match(_ method: HTTPMethod, _ path: String) -> String {
        switch router.match(method, path) {
        case .notFound: return "404"
        case .methodNotAllowed(let methods): return "405 " + methods.map(\.rawValue).joined(separator: ",")
        case .found(let pattern, let parameters):
            return "\(pattern) \(parameters["id"] ?? "-") \(parameters["user"] ?? "-")"
        }
    }

    @Test(
        "a path leads to its route",
        arguments: [
            (HTTPMethod.get, "/", "/ - -"), (.get, "/messages", "/messages - -"),
            (.get, "/messages/7", "/messages/:id 7 -"),
            (.get, "/messages/unread", "/messages/unread - -"), (.delete, "/messages/unread", "/messages/:id unread -"),
            (.put, "/messages/7/read/me", "/messages/:id/read/:user 7 me"), (.head, "/messages/7", "/messages/:id 7 -"),
            (.get, "/%6dessages/7", "/messages/:id 7 -"),
            (.get, "/messages/..%2F..%2Fetc", "/messages/:id ../../etc -"),
            (.get, "/messages/%00", "/messages/:id \0 -"), (.get, "/messages/..", "/messages/:id .. -"),
            (.get, "/messages/a+b%20c", "/messages/:id a+b c -"), (.get, "/messages/%C3%A9", "/messages/:id é -"),
            (.get, "/a/", "/a/ - -"), (.get, "/a", "404"), (.get, "/messages/", "404"), (.get, "//messages", "404"),
            (.get, "/messages/%FF", "404"), (.get, "/messages/%zz", "404"), (.get, "/messages/%4", "404"),
            (.get, "", "404"),
            (.put, "/messages", "405 GET,HEAD,POST"), (.put, "/messages/unread", "405 DELETE,GET,HEAD"),
            (.get, "/messages/7/read/me", "405 PUT"), (.get, "/messages%2F7", "404"),
        ])
    func routes(method: HTTPMethod, path: String, expected: String) {
        #expect(match(method, path) == expected)
    }

    @Test("a path of a million segments matches nothing")
    func deep() {
        #expect(match(.get, String(repeating: "/a", count: 1_000_000)) == "404")
    }
}
