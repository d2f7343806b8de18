import Dispatch
import Glibc

/// SIGHUP as an asynchronous stream: it never ends the process while this object exists. Signals that arrive together count as one.
final class ReloadSignal {
    /// An element for each time that settings are to be read again.
    let stream: AsyncStream<Void>
    private let source: any DispatchSourceSignal

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.stream = stream
        signal(SIGHUP, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        source.setEventHandler { continuation.yield() }
        source.resume()
    }
}
