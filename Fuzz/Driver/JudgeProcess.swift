import Foundation
import TestPrograms

/// A judging process as its parent sees it: what it says, and how it ends.
final class JudgeProcess {
    /// How it ended.
    enum End {
        case finished
        /// It fell over, or was ended after it had stood still.
        case died(DeathCertificate)
    }

    /// A mutant that has not come back after this many seconds is taken for one that never will.
    private static let patience = 4 * Judge.deadline

    private let process: ChildProcess
    private let errors: URL
    private var unread: [UInt8] = []

    /// Starts it on the mutants from `first` on; it has `seconds` for them.
    init(_ options: Options, first: Int, seconds: Double) throws {
        let folder = URL(fileURLWithPath: options.keep)
        errors = folder.appendingPathComponent("judge-\(first).log")
        process = try ChildProcess(
            URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
            [
                "judge", "--seed", "\(options.seed)", "--first", "\(first)", "--count", "\(options.count)", "--jobs",
                "\(options.jobs)", "--seconds", "\(seconds)",
            ] + options.folders, environment: SanitizerReport.environment, errors: .file(errors))
    }

    /// Hands what it says to `hear`, until it ends.
    func follow(_ hear: (Judge.Word) -> Void) throws -> End {
        defer { try? FileManager.default.removeItem(at: errors) }
        var stoodStill = false
        while true {
            switch wait() {
            case .words(let words): words.forEach(hear)
            case .silence:
                stoodStill = true
                process.kill()
            case .end:
                let ending = process.wait()
                if ending == .exited(0) { return .finished }
                let said = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
                return .died(
                    DeathCertificate(
                        cause: stoodStill
                            ? "no answer within \(Int(Self.patience)) s" : "\(ending)",
                        report: SanitizerReport(said), lastWords: String(said.suffix(4000))))
            }
        }
    }

    private enum Event {
        case words([Judge.Word])
        case silence
        case end
    }

    private func wait() -> Event {
        guard let output = process.output else { return .end }
        var descriptor = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, Int32(Self.patience * 1000)) != 0 else { return .silence }
        let data = output.availableData
        guard !data.isEmpty else { return .end }
        unread += data
        let lines = unread.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        unread = Array(lines.last ?? [])
        return .words(lines.dropLast().compactMap { Judge.Word(String(decoding: $0, as: UTF8.self)) })
    }
}

/// Why a judging process is no more.
struct DeathCertificate {
    /// The status or the signal it ended with.
    let cause: String
    /// What the address sanitizer said, where it is there.
    let report: SanitizerReport?
    /// The end of what it wrote to standard error.
    let lastWords: String
}
