import Dispatch
import HTTPServer
import Logging

/// Blocks the loop on which connections are accepted and read, so that a test decides what arrives before it continues.
///
/// A malformed request is logged on that loop, and the loop waits as long as the logger does.
final class LoopHold: Sendable {
    private let isHeld = Event<Void>()
    private let mayContinue = DispatchSemaphore(value: 0)

    /// The logger of the server whose loop is to be blocked.
    var logger: Logger {
        Logger(level: .debug) { [self] line in
            guard "\(line.message)" == "rejected a request" else { return }
            isHeld.happened(())
            mayContinue.wait()
        }
    }

    /// Blocks the loop of the server at `address`. Returns the client that sent the malformed request.
    func hold(_ address: SocketAddress) async throws -> RawClient {
        let client = try RawClient(address)
        try await client.send("no request\r\n\r\n")
        await isHeld.value
        return client
    }

    /// Unblocks the loop.
    func release() { mayContinue.signal() }
}
