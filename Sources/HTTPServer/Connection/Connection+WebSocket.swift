import Bytes
import Synchronization

extension Connection {
    /// How long the client may take to answer our close frame, in milliseconds.
    private static let closeMilliseconds: UInt64 = 5_000

    /// Starts a WebSocket, which runs to its end in a task of its own. The request's task would keep the memory that its deepest
    /// call has needed, some 9 KB, for as long as the socket is open.
    func start(_ upgrade: WebSocketUpgrade, accepting key: String, _ fields: HTTPFields) async {
        var fields = fields
        fields["Sec-WebSocket-Accept"] = key
        fields["Sec-WebSocket-Protocol"] = upgrade.subprotocol
        let response = HTTPResponse(status: .switchingProtocols, headers: fields)
        let inbox = await withCheckedContinuation { continuation in
            perform { continuation.resume(returning: $0.becomeWebSocket(upgrade, response)) }
        }
        guard let inbox else { return }
        let socket = WebSocketConnection(inbox: inbox, sender: self)
        Task {
            await upgrade.handler(socket)
            await socket.close()
        }
    }

    private func becomeWebSocket(_ upgrade: WebSocketUpgrade, _ response: HTTPResponse) -> ByteQueue<WebSocketMessage>?
    {
        guard phase == .exchange, let exchange, exchange.state.response == .pending else { return nil }
        guard exchange.state.body == .complete, !core.isShuttingDown else {
            respondAndClose(
                status: core.isShuttingDown ? .serviceUnavailable : .badRequest,
                reason: core.isShuttingDown ? "the server shuts down" : "a WebSocket's handshake has no body",
                fields: CORSPolicy.fields(of: response.headers))
            return nil
        }
        let head = ResponseHead(
            status: response.status, fields: response.headers, framing: .none, keepAlive: true, date: loop.dateText,
            serverName: core.configuration.serverName)
        output.append(ByteChunk(head.bytes))
        exchange.access?.status = response.status
        logAccess(isComplete: true)
        self.exchange = nil
        let session = WebSocketSession(maximumMessageSize: upgrade.maximumMessageSize, now: loop.events.now)
        session.inbox.observe { [weak self] in self?.perform { $0.webSocketInboxHasSpace() } }
        webSocket = session
        core.counts.webSockets.add(1, ordering: .relaxed)
        enter(.webSocket)
        flush()
        let early = incoming
        incoming = []
        if phase == .webSocket, !early.isEmpty { early.withUnsafeBytes { feedFrames($0) } }
        updateInterest()
        return session.inbox
    }

    /// The handler has read enough for more frames to be received.
    private func webSocketInboxHasSpace() {
        webSocket?.isPaused = false
        updateInterest()
    }

    func readFrames() {
        guard let bytes = receive(ended: { close(because: .clientGone) }) else { return }
        feedFrames(bytes)
    }

    private func feedFrames(_ bytes: UnsafeRawBufferPointer) {
        guard let webSocket else { return }
        webSocket.lastReceived = loop.events.now
        guard webSocket.feed(bytes) else { return failWebSocket() }
        sendWebSocketOutput()
    }

    /// wslay ends on some protocol violations without a close code. The code is sent here unless a frame is partly sent.
    private func failWebSocket() {
        guard output.isEmpty, webSocket?.queuedBytes == 0 else { return close(because: .clientGone) }
        output.append(ByteChunk(WebSocketSession.protocolErrorFrame))
        endWebSocket()
        failWriters(.clientGone)
        enter(.flushing)
        flush()
        updateInterest()
    }

    /// Frames what is queued and sends it; ends the connection when both sides have sent their close.
    func sendWebSocketOutput() {
        frameOutput()
        flush()
        endWebSocketIfDone()
        updateInterest()
    }

    private func frameOutput() {
        if let chunk = webSocket?.output(limit: Self.outputLimit - output.count) { output.append(chunk) }
    }

    /// All output is sent: frames what waits in wslay's queue, which is sent at the next wake-up.
    func webSocketOutputIsEmpty() {
        frameOutput()
        endWebSocketIfDone()
    }

    private func endWebSocketIfDone() {
        guard phase == .webSocket, let webSocket, webSocket.isCloseSent, output.isEmpty else { return }
        if webSocket.isReadingOver { return linger() }
        if webSocket.closeSentAt == nil { webSocket.closeSentAt = loop.events.now }
    }

    private func send(_ message: WebSocketMessage, then continuation: CheckedContinuation<Void, any Error>) {
        guard phase == .webSocket, let webSocket, webSocket.queue(message) else {
            return continuation.resume(throwing: WebSocketClosed(code: webSocket?.receivedCode ?? .abnormal))
        }
        writers.append(continuation)
        sendWebSocketOutput()
        resumeWriters()
    }

    func closeWebSocket(code: WebSocketCloseCode, reason: String) {
        guard phase == .webSocket, let webSocket else { return }
        let isSendable = code != .noStatus && code != .abnormal && code.rawValue >= 1000
        webSocket.queueClose(isSendable ? code : .normal, reason: reason)
        sendWebSocketOutput()
    }

    func tickWebSocket(_ now: UInt64) {
        guard let webSocket else { return }
        if let sentAt = webSocket.closeSentAt {
            if now - sentAt > Self.closeMilliseconds { linger() }
            return
        }
        guard let interval = core.configuration.webSocketPingInterval?.milliseconds else { return }
        let silence = now - min(now, webSocket.lastReceived)
        if silence > interval * 2 {
            core.counts.timedOut.add(1, ordering: .relaxed)
            close(because: .tooSlow)
        } else if silence > interval, now - min(now, webSocket.lastPing) > interval {
            webSocket.lastPing = now
            webSocket.queuePing()
            sendWebSocketOutput()
        }
    }

    /// Ends the stream of messages.
    func endWebSocket() {
        guard let webSocket else { return }
        webSocket.inbox.finish()
        self.webSocket = nil
        core.counts.webSockets.subtract(1, ordering: .relaxed)
    }
}

extension Connection: WebSocketSender {
    func deliver(_ message: WebSocketMessage) async throws {
        try await withCheckedThrowingContinuation { continuation in
            perform { $0.send(message, then: continuation) }
        }
    }

    func allowMessages(upTo bytes: Int) { perform { $0.webSocket?.allowMessages(upTo: bytes) } }

    func sendClose(code: WebSocketCloseCode, reason: String) {
        perform { $0.closeWebSocket(code: code, reason: reason) }
    }
}
