import Bytes
import Logging
import Synchronization

/// The state that all loops and connections of one server share.
final class ServerCore: Sendable {
    let configuration: HTTPServerConfiguration
    let logger: Logger
    /// The responder behind the server's own middleware.
    let responder: any HTTPResponder
    let trust: ProxyTrust
    let counts = Counts()
    /// The connections open now.
    let open = OpenCount()
    let buffers: BufferPool
    private let draining = Mutex(DrainPermits())
    private let shuttingDown = Atomic<Bool>(false)
    private let closing = Atomic<Bool>(false)
    private let processID = String(UInt32.random(in: 0x1000_0000 ... .max), radix: 36)
    private let requestNumber = Atomic<Int>(0)
    private let connectionNumber = Atomic<Int>(0)

    init(configuration: HTTPServerConfiguration, logger: Logger, responder: any HTTPResponder) {
        self.configuration = configuration
        self.logger = logger
        var middleware: [any HTTPMiddleware] = [
            RequestIDMiddleware(), RequestCountMiddleware(counts: counts), DebugLogMiddleware(logger),
        ]
        if let cors = configuration.cors { middleware.append(CORSMiddleware(cors)) }
        self.responder = MiddlewareChain(middleware, responder: responder)
        trust = ProxyTrust(configuration.trustedProxies)
        buffers = BufferPool(bufferSize: configuration.receiveBufferSize)
    }

    /// Whether the server accepts no new requests.
    var isShuttingDown: Bool {
        get { shuttingDown.load(ordering: .relaxed) }
        set { shuttingDown.store(newValue, ordering: .relaxed) }
    }

    /// Whether all connections must close.
    var mustClose: Bool {
        get { closing.load(ordering: .relaxed) }
        set { closing.store(newValue, ordering: .relaxed) }
    }

    /// Whether the unread body of one more connection of `peer` may be drained.
    func beginDrain(for peer: String) -> Bool {
        let limit = configuration.drainLimits.connections
        // A proxy is the peer of many clients.
        let share = trust.isProxy(peer) ? limit : max(1, limit / 4)
        return draining.withLock { $0.acquire(for: peer, limit: limit, share: share) }
    }

    func endDrain(for peer: String) { draining.withLock { $0.release(for: peer) } }

    /// Short, and unique among the processes whose logs are kept together: a random part for each process, and a number.
    func nextRequestID() -> String {
        processID + "-" + String(requestNumber.add(1, ordering: .relaxed).newValue, radix: 36)
    }

    func nextConnectionNumber() -> Int { connectionNumber.add(1, ordering: .relaxed).newValue }
}

extension ServerCore {
    /// The CORS fields of the response to a malformed head, by its `Origin` field where that has arrived.
    func originFields(forHead bytes: [UInt8]) -> HTTPFields {
        guard let cors = configuration.cors else { return [:] }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).dropFirst()
        let origins = lines.compactMap { line -> String? in
            let text = String(decoding: line, as: UTF8.self)
            guard equalsIgnoringCase(text.prefix(7), "origin:") else { return nil }
            return String(trimmingWhitespace(text.dropFirst(7).filter { $0 != "\r" && $0 != "\r\n" }))
        }
        var response = HTTPResponse(status: .badRequest)
        let fields: HTTPFields = origins.count == 1 ? ["Origin": origins[0]] : [:]
        let request = HTTPRequest(target: "/", headers: fields)
        cors.decorate(&response, for: request)
        return response.headers
    }
}

/// Limits how many connections are drained at once: no peer can hold all the permits.
struct DrainPermits {
    private var granted = 0
    private var grantedTo: [String: Int] = [:]

    /// Whether `peer` gets a permit, of `limit` in all and `share` for one peer.
    mutating func acquire(for peer: String, limit: Int, share: Int) -> Bool {
        guard granted < limit, grantedTo[peer, default: 0] < share else { return false }
        granted += 1
        grantedTo[peer, default: 0] += 1
        return true
    }

    mutating func release(for peer: String) {
        guard let count = grantedTo[peer] else { return }
        granted -= 1
        grantedTo[peer] = count > 1 ? count - 1 : nil
    }
}

/// Counts open connections; a task can wait until there are none.
final class OpenCount: Sendable {
    private struct State {
        var count = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    func increment() { state.withLock { $0.count += 1 } }

    func decrement() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.count -= 1
            guard state.count == 0 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        waiters.forEach { $0.resume() }
    }

    func waitUntilNone() async {
        await withCheckedContinuation { continuation in
            let isNone = state.withLock { state in
                if state.count > 0 { state.waiters.append(continuation) }
                return state.count == 0
            }
            if isNone { continuation.resume() }
        }
    }
}
