import Foundation
import TestPrograms

/// An inspecting process, seen from its parent.
final class InspectorProcess {
    /// How the process ended.
    enum End {
        case finished
        /// It crashed, or was killed because it did not answer.
        case crashed(CrashReport)
    }

    /// How long a mutant may take before its process is killed, in seconds.
    private static let timeout = 4 * MutantInspector.deadline

    private let process: ChildProcess
    private let errors: URL
    private var unread: [UInt8] = []

    /// Starts the process on the mutants from `first` on, for at most `seconds`.
    init(_ options: Options, first: Int, seconds: Double) throws {
        let folder = URL(fileURLWithPath: options.keep)
        errors = folder.appendingPathComponent("inspect-\(first).log")
        process = try ChildProcess(
            URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
            [
                "inspect", "--seed", "\(options.seed)", "--first", "\(first)", "--count", "\(options.count)", "--jobs",
                "\(options.jobs)", "--seconds", "\(seconds)",
            ] + options.folders, environment: SanitizerReport.environment, errors: .file(errors))
    }

    /// Passes the messages to `handler` until the process ends.
    func follow(_ handler: (MutantInspector.Message) -> Void) throws -> End {
        defer { try? FileManager.default.removeItem(at: errors) }
        var hasTimedOut = false
        while true {
            switch wait() {
            case .messages(let messages): messages.forEach(handler)
            case .timeout:
                hasTimedOut = true
                process.kill()
            case .end:
                let ending = process.wait()
                if ending == .exited(0) { return .finished }
                let errorOutput = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
                return .crashed(
                    CrashReport(
                        cause: hasTimedOut
                            ? "no answer within \(Int(Self.timeout)) s" : "\(ending)",
                        report: SanitizerReport(errorOutput), output: String(errorOutput.suffix(4000))))
            }
        }
    }

    private enum Event {
        case messages([MutantInspector.Message])
        case timeout
        case end
    }

    private func wait() -> Event {
        guard let output = process.output else { return .end }
        var descriptor = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, Int32(Self.timeout * 1000)) != 0 else { return .timeout }
        let data = output.availableData
        guard !data.isEmpty else { return .end }
        unread += data
        let lines = unread.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        unread = Array(lines.last ?? [])
        return .messages(lines.dropLast().compactMap { MutantInspector.Message(String(decoding: $0, as: UTF8.self)) })
    }
}

/// How an inspecting process ended before it was finished.
struct CrashReport {
    /// The exit status or signal.
    let cause: String
    /// The report of the address sanitizer, if there is one.
    let report: SanitizerReport?
    /// The end of its standard error.
    let output: String
}
