import Bytes
import Logging
import Synchronization

extension Connection {
    /// Reads the next bytes of a head.
    func readHead() {
        guard let bytes = receive(ended: { close(because: .clientGone) }) else { return }
        incoming.append(contentsOf: bytes)
        processIncoming()
    }

    /// Looks for a head in what has arrived, and begins its request when it is complete.
    func processIncoming() {
        guard phase == .idle || phase == .head else { return }
        guard !incoming.isEmpty else { return updateInterest() }
        if phase == .idle { enter(.head) }
        let limits = core.configuration.headLimits
        var scanner = self.scanner ?? HeadScanner(limits: limits)
        switch incoming.withUnsafeBytes({ scanner.scan($0) }) {
        case .incomplete:
            self.scanner = scanner
            updateInterest()
        case .rejected(let error): reject(error)
        case .complete(let range):
            self.scanner = nil
            do throws(HeadError) {
                let parser = MessageParser()
                let head = try parse(range, with: parser)
                incoming.removeFirst(range.upperBound)
                if incoming.isEmpty { incoming = [] }
                begin(Exchange(head: head, parser: parser, configuration: core.configuration))
            } catch { reject(error) }
        }
    }

    private func parse(_ range: Range<Int>, with parser: MessageParser) throws(HeadError) -> RequestHead {
        let limits = core.configuration.headLimits
        let result = incoming.withUnsafeBytes { bytes -> Result<RequestHead, HeadError> in
            do throws(HeadError) {
                return .success(try parser.parseHead(UnsafeRawBufferPointer(rebasing: bytes[range]), limits: limits))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Answers a malformed head and ends the connection: it is unknown where the next request begins.
    func reject(_ error: HeadError) {
        core.counts.malformed.add(1, ordering: .relaxed)
        core.logger.debug("rejected a request", ["client": peer, "reason": error.reason])
        respondAndClose(status: error.status, reason: error.reason)
    }

    /// Sends a response of the server's own and then closes the connection.
    func respondAndClose(status: HTTPStatus, reason: String, fields: HTTPFields = [:]) {
        var fields = fields
        if exchange == nil {
            for (name, value) in core.originFields(forHead: incoming) { fields.append(name, value) }
        }
        exchange?.access?.status = status
        fields["Content-Type"] = "text/plain; charset=utf-8"
        let body = Array((reason + "\n").utf8)
        let head = ResponseHead(
            status: status, fields: fields, framing: .length(body.count), keepAlive: false, date: loop.dateText,
            serverName: core.configuration.serverName)
        output.append(ByteChunk(head.bytes + body))
        incoming = []
        scanner = nil
        enter(.flushing)
        flush()
        updateInterest()
    }

    private func begin(_ exchange: Exchange) {
        self.exchange = exchange
        hasSentRequest = true
        enter(.exchange)
        let isLong = exchange.remaining.map { $0 > core.configuration.longBodyThreshold } ?? true
        if isLong, let upload = loop.leastLoadedUpload {
            // The bytes that have arrived already come first: nothing is read before the responder starts.
            exchange.isPaused = true
            move(to: upload) { $0.startResponder() }
        } else {
            startResponder()
        }
    }

    private func startResponder() {
        guard let exchange else { return }
        exchange.isPaused = false
        let request = makeRequest(exchange)
        observe(exchange)
        // The reader of a long body runs on the loop that receives it: on another thread every byte would miss the
        // cache. A client that has read a response does not queue behind a burst of new connections.
        let priority: TaskPriority? = hasReceivedResponse && loop.role == .control ? .high : nil
        let executor = loop.role == .upload ? loop.events : nil
        exchange.task = Task(executorPreference: executor, priority: priority) { [self, core] in
            let response = await core.responder.respond(to: request)
            await send(response, to: request)
        }
        // Bytes of the body that came with the head. A client that waits for 100 gets that first.
        if exchange.state.body == .receiving { deliverBufferedBody() }
        updateInterest()
    }

    private func makeRequest(_ exchange: Exchange) -> HTTPRequest {
        let head = exchange.head
        let (client, isSecure, isForwarded) = core.trust.client(peer: peer, headers: head.fields)
        let body =
            exchange.remaining == 0
            ? RequestBody.empty : RequestBody(declaredLength: exchange.remaining, bodyQueue: exchange.bodyQueue)
        var request = HTTPRequest(
            id: core.nextRequestID(), method: head.method, target: head.target, headers: head.fields,
            clientAddress: client, isForwarded: isForwarded, connection: number, isSecure: isSecure, body: body)
        request.interimSender = interimSender(of: exchange)
        if core.configuration.logsAccess {
            let notes = RequestNotes()
            notes.id = request.id
            request.notes = notes
            exchange.access = AccessRecord(
                notes: notes, method: head.method, client: client, sentBefore: output.written)
        }
        return request
    }

    private func observe(_ exchange: Exchange) {
        let bodyQueue = exchange.bodyQueue
        let requested: @Sendable () -> Void = { [weak self, weak bodyQueue] in
            guard let self, let bodyQueue else { return }
            perform { $0.bodyRequested(bodyQueue) }
        }
        bodyQueue.observe(
            requested: exchange.state.body == .awaitingContinue ? requested : nil,
            hasSpace: { [weak self, weak bodyQueue] in
                guard let self, let bodyQueue else { return }
                perform { $0.bodyQueueHasSpace(bodyQueue) }
            })
    }
}
