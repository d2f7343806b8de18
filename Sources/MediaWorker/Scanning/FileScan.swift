import Bytes
import Logging
import MediaModel
import Synchronization

/// The scan of one file: it ends with the file's rejection, or with nothing to say.
final class FileScan: Sendable {
    private struct State {
        var size = 0
        /// Whether nothing more is sent, and the file is accepted.
        var isOver = false
    }

    private let scanning: ContentScanning
    private let session: any ScanSession
    private let name: String
    private let state = Mutex(State())

    init(_ scanning: ContentScanning, _ session: any ScanSession, name: String) {
        self.scanning = scanning
        self.session = session
        self.name = name
    }

    deinit { session.cancel() }

    /// Sends the next bytes.
    /// - Throws: ``MediaError/Code/infected``, ``MediaError/Code/scanUnavailable`` or ``MediaError/Code/tooLarge`` as soon as the
    ///   file is rejected.
    func send(_ chunk: ByteChunk) async throws(MediaError) {
        let (isOver, size) = state.withLock { state in
            if !state.isOver { state.size += chunk.count }
            return (state.isOver, state.size)
        }
        if isOver { return }
        if size > scanning.maximumBytes { return try conclude(.tooLarge, after: .zero) }
        if let result = await session.send(chunk) { try conclude(result, after: .zero) }
    }

    /// Notes that no byte follows; the scanner works from now on while the file is inspected.
    func end() {
        if !state.withLock({ $0.isOver }) { session.end() }
    }

    /// Waits for the result.
    /// - Throws: the errors of ``send(_:)``.
    func finish() async throws(MediaError) {
        if state.withLock({ $0.isOver }) { return }
        let start = ContinuousClock.now
        session.end()
        let result = await session.result()
        try conclude(result, after: .now - start)
    }

    /// Ends the scan without a result.
    func cancel() {
        state.withLock { $0.isOver = true }
        session.cancel()
    }

    private func conclude(_ result: ScanResult, after time: Duration) throws(MediaError) {
        cancel()
        switch result {
        case .clean: scanning.observe(.clean, time)
        case .infected(let signature):
            scanning.observe(.infected, time)
            scanning.logger.warning("an infected file was rejected", ["file": name, "signature": signature])
            throw MediaError(
                .infected, "The file is infected, and is not accepted.", cause: InfectionFound(signature: signature))
        case .tooLarge:
            scanning.observe(.tooLarge, time)
            scanning.logger.warning(
                scanning.acceptsTooLarge
                    ? "a file is too large to be scanned, and was accepted"
                    : "a file is too large to be scanned, and was rejected",
                ["file": name])
            if !scanning.acceptsTooLarge {
                throw MediaError(
                    .tooLarge, "The file is too large to be scanned for malware.", limit: Double(scanning.maximumBytes))
            }
        case .unavailable(let reason):
            scanning.observe(.unavailable, time)
            scanning.logger.error(
                scanning.acceptsUnavailable
                    ? "a file was not scanned, and was accepted" : "a file was not scanned, and was rejected",
                ["file": name, "cause": reason])
            if !scanning.acceptsUnavailable {
                throw MediaError(
                    .scanUnavailable, "The file cannot be scanned for malware now; try again.",
                    cause: ScanFailure(description: reason))
            }
        }
    }
}
