package import Realtime
import Synchronization

/// A WebSocket client: what is sent to it can be awaited.
package final class FakeClient: FrameTransport {
    private let stream: AsyncStream<String>
    private let sink: AsyncStream<String>.Continuation
    private let shutdowns = Mutex(0)
    private let isFailing = Mutex(false)

    package init() {
        (stream, sink) = AsyncStream.makeStream()
    }

    package func send(text: String) throws {
        if isFailing.withLock({ $0 }) {
            sink.finish()
            throw CancellationError()
        }
        sink.yield(text)
    }

    /// What is sent from now on fails, as on a connection that the client has ended.
    package func fail() { isFailing.withLock { $0 = true } }

    package func send(binary: [UInt8]) { sink.yield("binary \(binary)") }
    package func allowMessages(upTo bytes: Int) {}
    package func close() { sink.finish() }
    package func closeForShutdown() {
        shutdowns.withLock { $0 += 1 }
        sink.finish()
    }

    /// Whether it was closed with the code of a shutdown.
    package var isClosedForShutdown: Bool { shutdowns.withLock { $0 } > 0 }

    /// The next frame; `nil` when the socket was closed.
    package func next() async -> String? {
        // All iterators of an AsyncStream share one buffer.
        var iterator = stream.makeAsyncIterator()
        return await iterator.next(isolation: nil)
    }
}

/// A client that reads nothing.
package final class StuckClient: FrameTransport {
    private let closed = AsyncStream<Void>.makeStream()

    package init() {
    }

    package func send(text: String) async throws {
        for await _ in closed.stream {}
        throw CancellationError()
    }
    package func send(binary: [UInt8]) async throws { try await send(text: "") }
    package func allowMessages(upTo bytes: Int) {}
    package func close() { closed.continuation.finish() }
}

extension EngineIOConfiguration {
    /// A configuration whose timeouts exceed the duration of any test; the tests advance a clock of their own.
    package static var withoutTimeouts: EngineIOConfiguration {
        var configuration = EngineIOConfiguration()
        (configuration.pingInterval, configuration.connectTimeout) = (.seconds(86_400), .seconds(86_400))
        return configuration
    }
}

extension UnauthenticatedSessions {
    /// The same for clients that have not authenticated.
    package static var withoutTimeouts: UnauthenticatedSessions {
        var limits = UnauthenticatedLimits()
        limits.time = .seconds(86_400)
        return UnauthenticatedSessions(limits: limits)
    }
}
