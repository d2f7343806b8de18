package import Realtime
import Synchronization

/// A WebSocket client: what is sent to it can be awaited.
package final class FakeClient: FrameTransport {
    private let stream: AsyncStream<String>
    private let sink: AsyncStream<String>.Continuation
    private let shutdowns = Mutex(0)

    package init() {
        (stream, sink) = AsyncStream.makeStream()
    }

    package func send(text: String) { sink.yield(text) }
    package func send(binary: [UInt8]) { sink.yield("binary \(binary)") }
    package func allowMessages(upTo bytes: Int) {}
    package func close() { sink.finish() }
    package func closeForShutdown() {
        shutdowns.withLock { $0 += 1 }
        sink.finish()
    }

    /// Whether the close said that the service shuts down.
    package var isClosedForShutdown: Bool { shutdowns.withLock { $0 } > 0 }

    /// The next frame; `nil` when the socket was closed.
    package func next() async -> String? {
        // Every iterator of an AsyncStream takes from the one buffer.
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
    /// One by which nobody is put out for the time that a test takes: what it is about goes by the test's clock.
    package static var patient: EngineIOConfiguration {
        var configuration = EngineIOConfiguration()
        (configuration.pingInterval, configuration.connectTimeout) = (.seconds(86_400), .seconds(86_400))
        return configuration
    }
}

extension UnauthenticatedSessions {
    /// The same for clients that have not said who they are.
    package static var patient: UnauthenticatedSessions {
        var limits = UnauthenticatedLimits()
        limits.time = .seconds(86_400)
        return UnauthenticatedSessions(limits: limits)
    }
}
