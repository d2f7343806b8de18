import Concurrency
import JSON
import Synchronization

/// The two tasks of a session: one sends to the WebSocket, the other calls the application. Each works through its
/// queue in order.
extension SocketIOSession {
    func sendAll() async {
        while let (next, transport, number) = nextFrame() {
            do {
                switch next.frame {
                case .text(let text): try await transport.send(text: text)
                case .binary(let bytes): try await transport.send(binary: bytes)
                case nil:
                    await closeTransport(transport)
                    webSocketClosed(number)
                }
                if next.frame != nil { for receipt in next.receipts { receipt.confirm() } }
            } catch {
                // Sending fails only when the socket is closed.
                webSocketClosed(number)
            }
            withExtendedLifetime(next.receipts) {}
        }
    }

    func nextFrame() -> (Outgoing, any FrameTransport, Int)? {
        state.withLock { state in
            guard let transport = state.transport, !state.outgoing.isEmpty else {
                state.isSending = false
                return nil
            }
            let next = state.outgoing.removeFirst()
            state.outgoingBytes -= next.frame?.size ?? 0
            if next.frame == nil {
                state.transport = nil
                state.closeDeadline = nil
            }
            return (next, transport, state.transportNumber)
        }
    }

    func processWork() async {
        while let work = nextWork() {
            switch work {
            case .connect(let namespace, let auth): await decide(namespace, auth)
            case .event(let socket, _, _) where socket.isRevoked: break
            case .event(let socket, let event, let id):
                switch await server.application.received(event, from: socket) {
                case .none: break
                case .acknowledge(let arguments): acknowledge(id, arguments, to: socket)
                case .acknowledgeAndDisconnect(let arguments):
                    acknowledge(id, arguments, to: socket)
                    socket.disconnect()
                }
            case .expired(let socket):
                await server.application.expired(socket)
                socket.disconnect()
            case .disconnected(let socket): await server.application.disconnected(socket)
            }
        }
    }

    func acknowledge(_ id: Int?, _ arguments: [JSONValue], to socket: SocketIOSocket) {
        guard let id else { return }
        let packet = SocketIOPacket(
            kind: .acknowledgement, namespace: socket.namespace, id: id, data: .array(arguments))
        send(packet.messages)
    }

    func nextWork() -> WorkItem? {
        let (work, readers): (WorkItem?, [CheckedContinuation<Void, Never>]) = state.withLock { state in
            if state.work.isEmpty { state.isWorking = false }
            let work = state.work.isEmpty ? nil : state.work.removeFirst()
            let waits = state.work.count > server.configuration.maximumWaitingEvents / 2
            return (work, waits ? [] : state.readers.take())
        }
        for reader in readers { reader.resume() }
        return work
    }

    /// Returns when few enough work items are queued for the application.
    func waitUntilQueueHasSpace() async {
        let limit = server.configuration.maximumWaitingEvents
        guard state.withLock({ $0.work.count > limit }) else { return }
        await withCheckedContinuation { continuation in
            let hasSpace = state.withLock { state in
                if state.work.count > limit { state.readers.append(continuation) }
                return state.work.count <= limit
            }
            if hasSpace { continuation.resume() }
        }
    }

    func decide(_ namespace: String, _ auth: JSONValue) async {
        let request = SocketIOConnectRequest(namespace: namespace, auth: auth, handshake: handshake)
        switch await server.application.decision(on: request) {
        case .reject(let message, let data):
            perform(connection: { $0.rejected(namespace, message: message, data: data) })
        case .sendAndDisconnect(let events):
            perform(connection: { $0.connectedAndDisconnected(namespace, id: SocketIOServer.makeID(), events: events) })
            close()
        case .accept(let user, let expires, let rooms):
            let socket = SocketIOSocket(
                id: SocketIOServer.makeID(), namespace: namespace, user: user, expires: expires,
                connectedAt: server.now(),
                session: self)
            // Before the CONNECT reply: the client may send larger messages as soon as it has received that.
            if let user { authenticated(as: user.id) }
            guard connect(socket, rooms: rooms) else { return }
            await server.application.connected(socket)
        }
    }
}

extension Array {
    /// Returns the elements and empties the array.
    fileprivate mutating func take() -> [Element] {
        defer { self = [] }
        return self
    }
}
