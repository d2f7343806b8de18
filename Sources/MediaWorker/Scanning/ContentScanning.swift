public import Logging

/// Scanning of files, and what follows from its results.
public struct ContentScanning: Sendable {
    /// The end of a scan, for metrics.
    public enum Outcome: String, Sendable, CaseIterable {
        case clean, infected, unavailable
        case tooLarge = "too_large"
    }

    let scanner: any ContentScanner
    /// Whether files are accepted of which the scanner says nothing.
    let acceptsUnavailable: Bool
    /// Whether files are accepted that are too large to be scanned.
    let acceptsTooLarge: Bool
    /// The largest file that is scanned, in bytes.
    let maximumBytes: Int
    let logger: Logger
    /// Called at the end of each scan with the time from the end of the file to the result.
    let observe: @Sendable (Outcome, Duration) -> Void

    /// - Parameters:
    ///   - acceptsUnavailable: whether files are accepted of which the scanner says nothing.
    ///   - acceptsTooLarge: whether files are accepted that are too large to be scanned.
    ///   - maximumBytes: the largest file that is scanned.
    ///   - observe: called at the end of each scan, with the time from the end of the file to the result.
    public init(
        _ scanner: any ContentScanner, acceptsUnavailable: Bool, acceptsTooLarge: Bool, maximumBytes: Int,
        logger: Logger, observe: @escaping @Sendable (Outcome, Duration) -> Void = { _, _ in }
    ) {
        self.scanner = scanner
        self.acceptsUnavailable = acceptsUnavailable
        self.acceptsTooLarge = acceptsTooLarge
        self.maximumBytes = maximumBytes
        self.logger = logger
        self.observe = observe
    }

    /// Checks whether the scanner answers.
    /// - Throws: ``ScanFailure`` when it does not.
    public func check() async throws { try await scanner.check() }

    /// Begins the scan of a file.
    /// - Parameter name: what the log calls it.
    func begin(_ name: String) -> FileScan { FileScan(self, scanner.begin(), name: name) }
}
