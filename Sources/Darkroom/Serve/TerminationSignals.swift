import Dispatch
import Glibc

/// SIGTERM and SIGINT as an asynchronous stream. The first signal is a request to finish; a second one ends the program
/// immediately.
final class TerminationSignals {
    /// The names of the signals as they arrive, while this object exists.
    let stream: AsyncStream<String>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        self.stream = stream
        sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                continuation.yield(name)
                for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
            }
            source.resume()
            return source
        }
        // Writing to a closed connection is an error of the write and does not end the program.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for the first signal and returns its name.
    func first() async -> String {
        for await name in stream { return name }
        return ""
    }
}
