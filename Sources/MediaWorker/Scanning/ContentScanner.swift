public import Bytes

/// Looks for malware in files while they arrive.
public protocol ContentScanner: Sendable {
    /// Begins the scan of one file. Nothing is connected before the first bytes are sent.
    func begin() -> any ScanSession

    /// Checks whether the scanner answers.
    /// - Throws: ``ScanFailure`` when it does not.
    func check() async throws
}

/// The scan of one file. Calls must follow one another: any number of ``send(_:)``, then ``end()`` and ``result()``; ``cancel()`` at
/// any time.
public protocol ScanSession: Sendable {
    /// Sends the next bytes, and returns when more may follow. All calls of a session together wait no longer than the scanner's time
    /// limit. Returns the result where it is known before the end of the file.
    func send(_ chunk: ByteChunk) async -> ScanResult?

    /// Notes that no byte follows.
    func end()

    /// Waits for the result, which is ``ScanResult/unavailable(_:)`` where the time limit is reached first.
    func result() async -> ScanResult

    /// Ends the scan without a result. Does nothing once there is one.
    func cancel()
}

/// What a scanner says of a file.
public enum ScanResult: Sendable, Equatable {
    /// Nothing was found in the whole file.
    case clean
    /// What was found, by its name in the scanner's database.
    case infected(String)
    /// The file is larger than the scanner takes.
    case tooLarge
    /// The scanner did not say; the reason is for the log.
    case unavailable(String)
}

/// A scanner does not answer.
public struct ScanFailure: Error, CustomStringConvertible {
    /// Why, for the log.
    public let description: String
}
