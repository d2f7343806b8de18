import CLinux
public import Foundation
import Synchronization

/// A program that runs beside the tests. It is not ended with this object, but waited for once it has ended.
///
/// Foundation's `Process` is not used because of tests with a thousand open files: up to Swift 6.3 it reads beyond the
/// entries of `/proc/self/fd` when it starts a program (swift-corelibs-foundation, pull request 5472).
public final class ChildProcess: Sendable {
    /// The destination of its output.
    public enum Sink {
        /// To the output of the tests.
        case inherited
        /// To ``ChildProcess/output``.
        case pipe
        case file(URL)
    }

    /// How it ended.
    public enum ExitStatus: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// Its process id.
    public let identifier: Int32
    /// Its standard output, where that is a pipe.
    public let output: FileHandle?
    /// Our end of its standard input, where it has one.
    private let input: Mutex<Int32?>
    private let ending = Mutex<ExitStatus?>(nil)

    /// Starts `program`.
    /// - Parameter environment: what it has beside, or instead of, the variables of the tests.
    /// - Parameter readsInput: whether ``write(_:)`` reaches it; otherwise its input is empty.
    /// - Throws: ``ProgramFailure`` where it cannot be started.
    public init(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:], readsInput: Bool = false,
        output: Sink = .pipe, errors: Sink = .inherited
    ) throws {
        var sockets: [Int32] = [-1, -1]
        // A socket, not a pipe: writing to one whose reader has ended is an error and not a signal.
        if readsInput, darkroom_socket_pair(&sockets) != 0 { throw ProgramFailure("there is no socket pair") }
        let (said, complaints) = (try Outlet(output, STDOUT_FILENO), try Outlet(errors, STDERR_FILENO))
        input = Mutex(readsInput ? sockets[0] : nil)
        self.output = said.reader
        let words = Self.strings([program.path] + arguments)
        let settings = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let variables = Self.strings(settings.map { "\($0.key)=\($0.value)" })
        defer { for text in words + variables { free(text) } }
        identifier = darkroom_spawn(
            program.path, words, variables, [sockets[1], said.descriptor, complaints.descriptor], 3)
        if readsInput { close(sockets[1]) }
        said.closeWriter()
        complaints.closeWriter()
        guard identifier > 0 else {
            throw ProgramFailure("\(program.path) cannot be started: \(String(cString: strerror(-identifier)))")
        }
    }

    /// Strings as a null-terminated C array, which the caller frees.
    private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    deinit {
        closeInput()
        guard identifier > 0, isRunning else { return }
        let identifier = identifier
        Thread.detachNewThread { waitpid(identifier, nil, 0) }
    }

    /// Writes to its standard input.
    public func write(_ data: Data) throws {
        try input.withLock { input in
            var rest = data[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    send(input ?? -1, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent >= 0 else {
                    throw ProgramFailure("the program reads no more: \(String(cString: strerror(errno)))")
                }
                rest = rest.dropFirst(sent)
            }
        }
    }

    /// Ends its standard input.
    public func closeInput() {
        if let descriptor = input.withLock({ $0.take() }) { close(descriptor) }
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool { waitForExit(waits: false) == nil }

    /// Sends it a signal, if it still runs.
    public func kill(_ signal: Int32 = SIGKILL) {
        ending.withLock { ending in
            // Until it is waited for, its process id is not used again.
            if ending == nil { _ = Foundation.kill(identifier, signal) }
        }
    }

    /// Waits until it has ended. Blocks the thread.
    @discardableResult
    public func wait() -> ExitStatus {
        while true {
            if let ending = waitForExit(waits: true) { return ending }
        }
    }

    private func waitForExit(waits: Bool) -> ExitStatus? {
        if waits {
            var information = siginfo_t()
            waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT)
        }
        return ending.withLock { ending in
            var status: Int32 = 0
            if ending == nil, waitpid(identifier, &status, WNOHANG) == identifier {
                let signal = status & 0x7f
                ending = signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
            }
            return ending
        }
    }
}

/// A program that the tests need could not do its part.
public struct ProgramFailure: Error, CustomStringConvertible {
    /// What could not be done, and what would help.
    public let description: String

    /// The description of a failure.
    public init(_ description: String) { self.description = description }
}
