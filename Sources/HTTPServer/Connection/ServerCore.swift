import Bytes
import Logging
import Synchronization

/// What every loop and connection of one server shares.
final class ServerCore: Sendable {
    let configuration: HTTPServerConfiguration
    let logger: Logger
    let responder: any HTTPResponder
    let trust: ProxyTrust
    let counts = Counts()
    /// The connections open now.
    let open = OpenCount()
    let buffers: BufferPool
    private let draining = Mutex(DrainSlots())
    private let shuttingDown = Atomic<Bool>(false)
    private let closing = Atomic<Bool>(false)
    private let requestNumber = Atomic<Int>(0)
    private let connectionNumber = Atomic<Int>(0)

    init(configuration: HTTPServerConfiguration, logger: Logger, responder: any HTTPResponder) {
        self.configuration = configuration
        self.logger = logger
        self.responder = responder
        trust = ProxyTrust(configuration.trustedProxies)
        buffers = BufferPool(bufferSize: configuration.receiveBufferSize)
    }

    /// Whether what runs is the last that runs.
    var isShuttingDown: Bool {
        get { shuttingDown.load(ordering: .relaxed) }
        set { shuttingDown.store(newValue, ordering: .relaxed) }
    }

    /// Whether nothing may run any more.
    var mustClose: Bool {
        get { closing.load(ordering: .relaxed) }
        set { closing.store(newValue, ordering: .relaxed) }
    }

    /// Whether one more connection of `peer` may be read from only to be ignored.
    func beginDrain(for peer: String) -> Bool {
        let limit = configuration.drainLimits.connections
        // A proxy stands for many clients.
        let share = trust.isProxy(peer) ? limit : max(1, limit / 4)
        return draining.withLock { $0.take(for: peer, limit: limit, share: share) }
    }

    func endDrain(for peer: String) { draining.withLock { $0.giveBack(for: peer) } }

    /// Short, and unique in this process.
    func nextRequestID() -> String {
        String(requestNumber.add(1, ordering: .relaxed).newValue, radix: 36)
    }

    func nextConnectionNumber() -> Int { connectionNumber.add(1, ordering: .relaxed).newValue }

    /// The answer to a request, with what the server itself has to say about other origins.
    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        guard let cors = configuration.cors else { return await responder.respond(to: request) }
        if let preflight = cors.preflight(request) { return preflight }
        var response = await responder.respond(to: request)
        cors.decorate(&response, for: request)
        return response
    }
}

extension ServerCore {
    /// What is said about other origins in an answer to a head that was not understood: by its `Origin`, where that has
    /// arrived.
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

/// The connections that are read from only to be ignored: no peer may have all of them.
struct DrainSlots {
    private var taken = 0
    private var takenBy: [String: Int] = [:]

    /// Whether `peer` gets one, of `limit` in all and `share` for itself.
    mutating func take(for peer: String, limit: Int, share: Int) -> Bool {
        guard taken < limit, takenBy[peer, default: 0] < share else { return false }
        taken += 1
        takenBy[peer, default: 0] += 1
        return true
    }

    mutating func giveBack(for peer: String) {
        guard let count = takenBy[peer] else { return }
        taken -= 1
        takenBy[peer] = count > 1 ? count - 1 : nil
    }
}

/// What a server counts.
final class Counts: Sendable {
    let accepted = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let malformed = Atomic<Int>(0)
    let webSockets = Atomic<Int>(0)
    let bodyBytes = Atomic<Int>(0)
    let timedOut = Atomic<Int>(0)
}

/// How many connections are open; can be waited for to become none.
final class OpenCount: Sendable {
    private struct State {
        var count = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    func enter() { state.withLock { $0.count += 1 } }

    func leave() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.count -= 1
            guard state.count == 0 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        waiters.forEach { $0.resume() }
    }

    func untilNone() async {
        await withCheckedContinuation { continuation in
            let isNone = state.withLock { state in
                if state.count > 0 { state.waiters.append(continuation) }
                return state.count == 0
            }
            if isNone { continuation.resume() }
        }
    }
}
