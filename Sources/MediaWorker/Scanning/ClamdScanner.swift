import Concurrency

/// Scans files with clamd, by its command `INSTREAM` (clamd(8)).
public final class ClamdScanner: ContentScanner {
    private let address: ClamdAddress
    private let limit: Duration
    private let loop: ClamdLoop
    /// Looks up the names of hosts.
    private let names = ThreadPool(name: "clamd-names", threads: 1)

    /// A scanner that uses the clamd at `address`. Nothing is connected yet.
    /// - Parameter limit: how long a file may wait for clamd, all in all.
    /// - Throws: ``ScanFailure`` where the process has no descriptor left.
    public init(_ address: ClamdAddress, limit: Duration) throws(ScanFailure) {
        self.address = address
        self.limit = limit
        loop = try ClamdLoop()
        loop.start()
    }

    deinit { loop.close() }

    /// Begins the scan of one file.
    public func begin() -> any ScanSession { stream("zINSTREAM", hasBody: true) }

    /// Checks whether clamd answers.
    /// - Throws: ``ScanFailure`` when clamd does not answer.
    public func check() async throws {
        let ping = stream("zPING", hasBody: false)
        ping.end()
        let result = await ping.result()
        guard result == .clean else { throw ScanFailure(description: "\(result)") }
    }

    private func stream(_ command: String, hasBody: Bool) -> ClamdStream {
        let (address, loop, names) = (address, loop, names)
        return ClamdStream(command: command, hasBody: hasBody, limit: limit) { stream in
            loop.add(stream)
            names.submit {
                do throws(ScanFailure) {
                    stream.connect(to: try address.resolve())
                } catch {
                    stream.settle(.unavailable(error.description))
                }
            }
        } wake: {
            loop.wake()
        }
    }
}
