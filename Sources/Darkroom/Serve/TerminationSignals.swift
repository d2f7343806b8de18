import Dispatch
import Glibc

/// SIGTERM and SIGINT as something to await. The first is a request to finish; a second ends the program at once.
final class TerminationSignals {
    /// The names of the signals as they come, as long as this object is there.
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
                signal(number, SIG_DFL)
            }
            source.resume()
            return source
        }
        // A peer that has gone is an error of the write, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
    }

    /// The name of the first signal that comes.
    func first() async -> String {
        for await name in stream { return name }
        return ""
    }
}
