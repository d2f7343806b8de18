import Bytes
import Synchronization

extension Connection {
    /// Sends the response. It is started on the loop; a WebSocket or a stream then has a task of its own.
    func send(_ response: HTTPResponse, to request: HTTPRequest) async {
        switch response.body {
        case .webSocket(let upgrade):
            switch WebSocketHandshake.accept(request) {
            case .success(let key): await start(upgrade, accepting: key, response.headers)
            case .failure(let rejection):
                // The responder has set which origins may read the response.
                var rejected = rejection.response
                for (name, value) in CORSPolicy.fields(of: response.headers) { rejected.headers.append(name, value) }
                perform { [rejected] in $0.respond(rejected) }
            }
        case .stream(let stream):
            let priority = Task.currentPriority
            perform { $0.start(stream, response, priority: priority) }
        default: perform { $0.respond(response) }
        }
    }

    /// Writes a response whose body is known, on the loop.
    func respond(_ response: HTTPResponse) {
        var response = response
        // Only the server itself sends 1xx, and other values are not status codes.
        if !(200...599).contains(response.status.rawValue) { response.status = .internalServerError }
        guard phase == .exchange, let exchange, exchange.state.response == .pending else {
            return release(response.body)
        }
        exchange.held = response.held
        let isHead = exchange.head.method == .head
        let writesBody = !isHead && !response.status.isWithoutBody
        let framing: ResponseHead.Framing
        switch response.body {
        case _ where response.status.isWithoutBody: framing = .none
        case .bytes(let chunk): framing = .length(chunk.count)
        case .file(let region): framing = .length(region.length)
        case .none, .stream, .webSocket:
            let declared = response.headers["Content-Length"].flatMap { Int($0) }
            framing = .length(isHead ? declared ?? 0 : 0)
        }
        writeHead(response, framing: framing)
        var bytes = 0
        if case .bytes(let chunk) = response.body, writesBody {
            output.append(chunk)
            bytes = chunk.count
        }
        if case .file(let region) = response.body, writesBody, region.length > 0 {
            file = OutgoingFile(region)
        } else {
            release(response.body)
        }
        responseIsQueued()
        responseWaits(bytes)
    }

    func writeHead(_ response: HTTPResponse, framing: ResponseHead.Framing) {
        guard let exchange else { return }
        // A pipelined request is still answered, so this response may not announce the close.
        if core.isShuttingDown && !nextRequestHasArrived { exchange.state.closeAfterwards() }
        exchange.access?.status = response.status
        let keepAlive = exchange.state.responseBegins()
        let head = ResponseHead(
            status: response.status, fields: response.headers, framing: framing, keepAlive: keepAlive,
            date: loop.dateText, serverName: core.configuration.serverName)
        output.append(ByteChunk(head.bytes))
    }

    /// A file's descriptor may be the last one of a large file: it is never closed on a loop.
    private func release(_ body: ResponseBody) {
        if case .file(let region) = body { OutgoingFile(region).release() }
    }

    /// The whole response is queued: the exchange ends when it has been sent.
    func responseIsQueued() {
        exchange?.isResponseQueued = true
        flush()
        updateInterest()
    }
}
