import Bytes
import HTTPServer
import Logging
import Synchronization

struct ClosureResponder: HTTPResponder {
    let answer: @Sendable (HTTPRequest) async -> HTTPResponse
    func respond(to request: HTTPRequest) async -> HTTPResponse { await answer(request) }
}

extension HTTPServerConfiguration {
    /// Any free port, and time limits that no test reaches by itself: on a busy machine the client of a test may have to wait
    /// for longer than the defaults allow before it can send.
    static var forTests: HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        configuration.headDeadline = .seconds(600)
        configuration.bodyRateWindow = .seconds(600)
        configuration.idleTimeout = .seconds(600)
        configuration.drainLimits.time = .seconds(600)
        return configuration
    }
}

/// Runs `test` against a server that answers with `answer`.
func withServer<Result>(
    _ configure: (inout HTTPServerConfiguration) -> Void = { _ in },
    logger: Logger = .silent,
    answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
    test: (SocketAddress, HTTPServer) async throws -> Result
) async throws -> Result {
    var configuration = HTTPServerConfiguration.forTests
    configure(&configuration)
    let server = HTTPServer(
        configuration: configuration, logger: logger, responder: ClosureResponder(answer: answer))
    let address = try await server.start()
    do {
        let result = try await test(address, server)
        await server.shutdown(deadline: .milliseconds(500))
        return result
    } catch {
        await server.shutdown(deadline: .milliseconds(100))
        throw error
    }
}

/// Something that a test waits for to happen elsewhere.
final class Event<Value: Sendable>: Sendable {
    private let state = Mutex<(value: Value?, waiters: [CheckedContinuation<Value, Never>])>((nil, []))

    func happened(_ value: Value) {
        let waiters = state.withLock { state in
            state.value = value
            defer { state.waiters = [] }
            return state.waiters
        }
        waiters.forEach { $0.resume(returning: value) }
    }

    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let value = state.withLock { state in
                    if state.value == nil { state.waiters.append(continuation) }
                    return state.value
                }
                if let value { continuation.resume(returning: value) }
            }
        }
    }
}

/// Echoes the body and reports the path and the length.
@Sendable func echo(_ request: HTTPRequest) async -> HTTPResponse {
    do {
        var bytes: [UInt8] = []
        for try await chunk in request.body { bytes += [UInt8](chunk) }
        return HTTPResponse(
            headers: ["X-Path": request.path, "X-Length": String(bytes.count)], contentType: "text/plain", bytes)
    } catch {
        return .text("\(error)", status: .badRequest)
    }
}
