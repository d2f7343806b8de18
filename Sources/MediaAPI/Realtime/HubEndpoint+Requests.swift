import Bytes
import ChatBridge
import Foundation
package import HTTPServer
import Realtime

/// The transports of clients without a WebSocket: what the server sends is an event stream, or the responses to polls; what
/// the client sends is posted.
extension HubEndpoint {
    /// Handles `POST` of the hub: messages of the client. A client may post its handshake before its first `GET`.
    /// - Throws: errors of authentication, ``APIError`` `badRequest` without an `id`, `tooLarge` for too long a body; what
    ///   reading the body throws.
    package func post(_ request: HTTPRequest) async throws -> HTTPResponse {
        let (caller, _) = try await endpoint.caller(of: request)
        let id = try Self.id(of: request)
        let entry: HubConnections.Entry
        switch find(id, of: caller) {
        case .found(let found): entry = found
        case .rejected(let response):
            return response.status == .conflict
                ? .text("POST requests are not allowed for WebSocket connections", status: .methodNotAllowed) : response
        }
        let body: [UInt8]
        do {
            body = try await request.body.collect(upTo: server.configuration.maximumFrameBytes)
        } catch RequestBodyError.tooLarge {
            return .text("The messages are too long", status: .contentTooLarge)
        }
        if entry.connection == nil, connections.enqueueEarly(body, id) { return Self.accepted }
        guard connections.entry(id, of: caller.id)?.connection != nil else {
            return .text("The connection has not been established", status: .conflict)
        }
        guard await entry.posted.post(body) else {
            return .text("Too many messages are waiting to be processed", status: .tooManyRequests)
        }
        return Self.accepted
    }

    /// Handles `DELETE` of the hub: the client ends its connection. The poll that waits, or the next one, is answered with 204.
    /// - Throws: errors of authentication, ``APIError`` `badRequest` without an `id`.
    package func delete(_ request: HTTPRequest) async throws -> HTTPResponse {
        let (caller, _) = try await endpoint.caller(of: request)
        let id = try Self.id(of: request)
        guard let entry = connections.entry(id, of: caller.id) else {
            return .text("No Connection with that ID", status: .notFound)
        }
        if let connection = entry.connection {
            connection.close()
        } else {
            forget(id)
        }
        return HTTPResponse(status: 202, headers: Self.uncached)
    }

    /// Begins a connection without a WebSocket, or is another poll of one.
    func connectWithoutSocket(
        _ request: HTTPRequest, _ id: String, _ caller: ChatCaller, until expires: Date?
    ) async throws -> HTTPResponse {
        let entry: HubConnections.Entry
        switch find(id, of: caller) {
        case .found(let found): entry = found
        case .rejected(let response): return response
        }
        if let connection = entry.connection {
            guard let polling = entry.polling else { return Self.taken }
            return await poll(polling, connection)
        }
        guard sockets.acceptsConnection(of: caller.id) else {
            throw APIError(code: .busy, message: "There are too many connections; close one or try again later")
        }
        let acceptsEvents = request.headers.members(of: "Accept").contains {
            $0.lowercased().hasPrefix("text/event-stream")
        }
        return acceptsEvents
            ? stream(id, caller, until: expires, entry.posted) : begin(id, caller, until: expires, entry.posted)
    }

    private enum Found {
        case found(HubConnections.Entry)
        case rejected(HTTPResponse)
    }

    /// The connection of a token, which is added when this is its first request.
    private func find(_ id: String, of caller: ChatCaller) -> Found {
        if let known = connections.entry(id, of: caller.id) { return .found(known) }
        if let rejection = rejection(of: server.claim(id, for: caller.id)) { return .rejected(rejection) }
        guard let entry = connections.add(id, of: caller.id) else {
            server.closed(id)
            return .rejected(.text("Too many connections are being made", status: .tooManyRequests))
        }
        let timeout = server.configuration.negotiationTimeout
        Task { [self] in
            try? await Task.sleep(for: timeout)
            forget(id)
        }
        return .found(entry)
    }

    private func forget(_ id: String) {
        if connections.removeUnlessBegun(id) { server.closed(id) }
    }

    /// Server-sent events, until either side ends the connection.
    private func stream(
        _ id: String, _ caller: ChatCaller, until expires: Date?, _ posted: PostedFrames
    ) -> HTTPResponse {
        let stream = ResponseStream { [self] writer in
            let transport = EventStreamTransport(writer: writer, posted: posted)
            let connection = UserConnection(user: caller, expires: expires, transport: transport)
            guard connections.begin(id, connection) else { return }
            // A client that is gone ends the connection, which is noticed below.
            try? await transport.begin()
            await serve(id, connection, posted)
        }
        return HTTPResponse(
            headers: [
                "Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no",
            ], body: .stream(stream))
    }

    /// The first poll, which establishes the connection and returns at once.
    private func begin(
        _ id: String, _ caller: ChatCaller, until expires: Date?, _ posted: PostedFrames
    ) -> HTTPResponse {
        let transport = PollingTransport(posted: posted, pollTimeout: server.configuration.clientTimeout)
        let connection = UserConnection(user: caller, expires: expires, transport: transport)
        guard connections.begin(id, connection, transport) else { return Self.taken }
        Task { [self] in await serve(id, connection, posted) }
        return Self.accepted
    }

    private func poll(_ polling: PollingTransport, _ connection: UserConnection) async -> HTTPResponse {
        server.polled(connection)
        switch await polling.poll() {
        case .frame(let frame, let answer):
            server.polled(connection)
            var response: HTTPResponse
            switch frame {
            case .text(let text): response = .text(text, headers: Self.uncached)
            case .binary(let bytes):
                response = HTTPResponse(headers: Self.uncached, body: .bytes(ByteChunk(bytes)))
                response.headers["Content-Type"] = "application/octet-stream"
            }
            response.held = [answer]
            return response
        case .ended: return HTTPResponse(status: .noContent, headers: Self.uncached)
        }
    }

    private func serve(_ id: String, _ connection: UserConnection, _ posted: PostedFrames) async {
        server.opened(id)
        await sockets.serve(connection) { received in
            await posted.forEach { await received(.binary($0)) }
        }
        server.closed(id)
        connections.remove(id)
        await posted.drain()
    }

    private static func id(of request: HTTPRequest) throws -> String {
        guard let id = request.queryParameter("id") else {
            throw APIError(code: .badRequest, message: "Connection ID required")
        }
        return id
    }

    private static var accepted: HTTPResponse { .text("", headers: uncached) }
    private static var taken: HTTPResponse { .text("The connection has its socket", status: .conflict) }
}
