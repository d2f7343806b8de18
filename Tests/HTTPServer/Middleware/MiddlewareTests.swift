import Bytes
import HTTPServer
import Logging
import Synchronization
import Testing

@Suite("Middleware")
struct MiddlewareTests {
    private struct Tag: HTTPMiddleware {
        let name: String
        func respond(to request: HTTPRequest, next: any HTTPResponder) async -> HTTPResponse {
            var response = await next.respond(to: request)
            response.headers.append("X-Tag", name)
            return response
        }
    }

    private struct Stop: HTTPMiddleware {
        func respond(to request: HTTPRequest, next: any HTTPResponder) async -> HTTPResponse {
            .text("stopped", status: .forbidden)
        }
    }

    private final class Records: Sendable {
        private let records = Mutex<[LogRecord]>([])
        var all: [LogRecord] { records.withLock { $0 } }
        func logger(_ level: Logger.Level) -> Logger {
            Logger(level: level) { record in self.records.withLock { $0.append(record) } }
        }
    }

    @Test("the first of a chain sees the response last, and one that answers itself keeps the rest from the request")
    func order() async {
        let responder = ClosureResponder { _ in .text("answered") }
        let chain = MiddlewareChain([Tag(name: "outer"), Tag(name: "inner")], responder: responder)
        let response = await chain.respond(to: HTTPRequest(target: "/"))
        #expect(response.status == .ok)
        #expect(response.headers.values(of: "X-Tag") == ["inner", "outer"])
        let stopped = await MiddlewareChain([Tag(name: "outer"), Stop(), Tag(name: "inner")], responder: responder)
            .respond(to: HTTPRequest(target: "/"))
        #expect(stopped.status == .forbidden)
        #expect(stopped.headers.values(of: "X-Tag") == ["outer"])
        #expect(await MiddlewareChain([], responder: responder).respond(to: HTTPRequest(target: "/")).status == .ok)
    }

    @Test("the access log has a line for each request: who asked for what, and the status of the answer")
    func accessLog() async throws {
        let records = Records()
        let chain = MiddlewareChain(
            [DebugLogMiddleware(records.logger(.debug))],
            responder: ClosureResponder { _ in .text("no", status: .notFound) })
        _ = await chain.respond(
            to: HTTPRequest(id: "r1", method: .put, target: "/a/b?secret=1", clientAddress: "192.0.2.7"))
        #expect(records.all.count == 1)
        let record = try #require(records.all.first)
        #expect(record.level == .debug)
        #expect(record.message.description == "request answered")
        var metadata = record.metadata
        #expect(metadata.removeValue(forKey: "milliseconds").flatMap { Int($0) } != nil)
        #expect(
            metadata == [
                "request": "r1", "client": "192.0.2.7", "method": "PUT", "path": "/a/b", "status": "404",
            ])
    }

    @Test("a server at level debug logs its requests, at level info it does not", arguments: [true, false])
    func serverLog(isDebug: Bool) async throws {
        let records = Records()
        try await withServer(logger: records.logger(isDebug ? .debug : .info), answer: echo) { address, server in
            let client = try RawClient(address)
            #expect(try await client.get("/logged").status == 200)
            #expect(server.counters.requests == 1)
        }
        let paths = records.all.filter { $0.message.description == "request answered" }.map { $0.metadata["path"] }
        #expect(paths == (isDebug ? ["/logged"] : []))
    }
}
