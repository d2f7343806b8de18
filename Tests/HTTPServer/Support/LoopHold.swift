import Dispatch
import HTTPServer
import Logging

/// Holds the loop that connections are accepted and read on, so that a test decides what arrives before it goes on.
///
/// A malformed request is logged on that loop: the loop waits while the logger does.
final class LoopHold: Sendable {
    private let isHeld = Event<Void>()
    private let mayGoOn = DispatchSemaphore(value: 0)

    /// The logger of the server whose loop is to be held.
    var logger: Logger {
        Logger(level: .debug) { [self] line in
            guard "\(line.message)" == "rejected a request" else { return }
            isHeld.happened(())
            mayGoOn.wait()
        }
    }

    /// Holds the loop of the server at `address`. Returns the client that sent the malformed request.
    func hold(_ address: SocketAddress) async throws -> RawClient {
        let client = try RawClient(address)
        try await client.send("no request\r\n\r\n")
        await isHeld.value
        return client
    }

    /// Lets the loop go on.
    func release() { mayGoOn.signal() }
}
