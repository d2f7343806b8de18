public import Concurrency
import Crypto
public import Foundation
import Synchronization

/// One connection of a user over which frames are sent both ways, in dialects that do not use Socket.IO.
public final class UserConnection: Sendable {
    /// The ID, unique in this process.
    public let id: String
    /// The user.
    public let user: any ConnectionIdentity
    /// When the user's token expires.
    public let expires: Date?
    private let transport: any FrameTransport
    private let queue: AsyncStream<Frame>
    private let continuation: AsyncStream<Frame>.Continuation
    private let waiting = Mutex(Waiting())
    private let maximumWaiting: Int
    private let isBinary = Atomic(false)
    private let ephemeralBudget = Mutex(EphemeralBudget())
    private let revoked = Atomic(false)

    /// Why a connection is closed; it determines the close code that the client receives.
    public enum CloseReason: Sendable, Hashable {
        /// Code 1000.
        case normal
        /// The service shuts down: code 1001.
        case shutdown
        /// The client did something that is not allowed: code 1008 with this reason.
        case violation(String)
    }

    private struct Frame: Sendable {
        let content: SocketFrame
        let receipt: WriteReceipt?
        let written: (@Sendable (_ user: String) -> Void)?
    }

    private struct Waiting {
        var bytes = 0
        var frames = 0
        var isClosed = false
        var closeReason = CloseReason.normal
    }

    /// A connection over `transport`.
    /// - Parameter maximumWaiting: how many bytes may wait for a slow client before its connection is closed.
    public init(
        user: any ConnectionIdentity, expires: Date?, transport: any FrameTransport, maximumWaiting: Int = 4 << 20
    ) {
        id = base64URLEncode(SecureRandom.bytes(15))
        self.user = user
        self.expires = expires
        self.transport = transport
        self.maximumWaiting = maximumWaiting
        (queue, continuation) = AsyncStream.makeStream(of: Frame.self)
    }

    /// Whether its protocol is one of binary frames, once that is known.
    var usesBinary: Bool { isBinary.load(ordering: .relaxed) }

    /// Whether its user may not use it any more: what they send is dropped.
    var isRevoked: Bool { revoked.load(ordering: .acquiring) }

    /// Its user may not use it any more.
    func revoke() { revoked.store(true, ordering: .releasing) }

    /// Whether its transport can send binary frames.
    var sendsBinary: Bool { transport.sendsBinary }

    /// Its protocol is one of binary frames.
    func useBinary() { isBinary.store(true, ordering: .relaxed) }

    /// Queues a text, as a frame is queued.
    public func send(
        _ text: String, receipt: WriteReceipt? = nil, written: (@Sendable (_ user: String) -> Void)? = nil
    ) {
        send(.text(text), receipt: receipt, written: written)
    }

    /// Queues a frame. Never waits. If too much is queued for a slow client, its connection is closed; it reads what it
    /// missed when it reconnects.
    /// - Parameters:
    ///   - receipt: held until the frame was written, or the connection has ended.
    ///   - written: called with the connection's user once the kernel has accepted the frame, and not at all if the
    ///     connection ends first. Must return quickly.
    public func send(
        _ frame: SocketFrame, receipt: WriteReceipt? = nil, written: (@Sendable (_ user: String) -> Void)? = nil
    ) {
        let isAccepted = waiting.withLock { waiting in
            guard !waiting.isClosed else { return true }
            waiting.bytes += frame.count
            waiting.frames += 1
            return waiting.bytes <= maximumWaiting
        }
        guard isAccepted else { return abort(as: .violation(SlowClient.reason)) }
        continuation.yield(Frame(content: frame, receipt: receipt, written: written))
    }

    /// Whether so much waits for a slow client that ephemeral events are not queued: 128 frames, or a quarter of the bytes.
    var queueIsLong: Bool {
        waiting.withLock { $0.frames >= 128 || $0.bytes >= maximumWaiting / 4 }
    }

    /// Counts an ephemeral event that this client causes for others. Returns whether it is sent: see ``EphemeralBudget``.
    public func admitsEphemeralEvent(at now: ContinuousClock.Instant = .now) -> Bool {
        ephemeralBudget.withLock { $0.take(at: now) }
    }

    /// Whether it is being closed, or was closed.
    public var isClosed: Bool { waiting.withLock { $0.isClosed } }

    /// Closes the connection once its queue is sent. If called several times, the first reason other than `normal` is used.
    public func close(as closeReason: CloseReason = .normal) {
        waiting.withLock { waiting in
            waiting.isClosed = true
            if waiting.closeReason == .normal { waiting.closeReason = closeReason }
        }
        continuation.finish()
        transport.willClose()
    }

    /// Closes the connection without sending its queue.
    public func abort(as closeReason: CloseReason = .normal) {
        close(as: closeReason)
        Task { await closeTransport() }
    }

    /// Closes the socket. Called by ``run()`` and by ``abort(as:)``, whichever comes first, with the same reason.
    private func closeTransport() async {
        switch waiting.withLock({ $0.closeReason }) {
        case .normal: await transport.close()
        case .shutdown: await transport.closeForShutdown()
        case .violation(let reason): await transport.close(because: reason)
        }
    }

    /// Sends the queued frames until the connection ends. Called once, concurrently with reading.
    public func run() async {
        for await frame in queue {
            do { try await transport.send(frame.content) } catch { break }
            waiting.withLock { waiting in
                waiting.bytes -= frame.content.count
                waiting.frames -= 1
            }
            frame.written?(user.id)
            withExtendedLifetime(frame.receipt) {}
        }
        close()
        // Releases the receipts of unsent frames now rather than with the last reference to this connection.
        for await _ in queue {}
        await closeTransport()
    }
}
