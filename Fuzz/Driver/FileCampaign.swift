import Foundation
import Mutation
import Synchronization

/// Inspects mutants in processes of their own, as many at once as there are jobs. A process that crashes is replaced, and the mutant
/// is kept.
final class FileCampaign: Sendable {
    private let options: Options
    private let corpus: Corpus
    private let tally = Mutex(Tally())

    init(_ options: Options) throws {
        self.options = options
        corpus = try options.corpus()
        try FileManager.default.createDirectory(atPath: options.keep, withIntermediateDirectories: true)
    }

    /// Whether every mutant got a clear result in time, and no fault was found in our code.
    func run() throws -> Bool {
        printLine("files: seed \(options.seed), \(options.count) mutants of \(corpus.files.count) files")
        let end = Date().addingTimeInterval(options.seconds)
        let threads = (0..<options.jobs).map { job in
            let thread = Thread { [self] in inspect(from: options.first + job, until: end) }
            thread.start()
            return thread
        }
        while !threads.allSatisfy(\.isFinished) { Thread.sleep(forTimeInterval: 0.1) }
        return tally.withLock { tally in
            printLine(tally)
            return tally.isClean
        }
    }

    private func inspect(from first: Int, until end: Date) {
        var next = first
        while next < options.count, Date() < end {
            do {
                let process = try InspectorProcess(options, first: next, seconds: end.timeIntervalSinceNow)
                var current: Int?
                let ending = try process.follow { word in
                    switch word {
                    case .begin(let index): current = index
                    case .result(let index, let result, let time, let size):
                        current = nil
                        note(index, result, time)
                        tally.withLock { if size > $0.largest.kilobytes { $0.largest = (size, index) } }
                    }
                }
                switch ending {
                case .finished: return
                case .crashed(let report):
                    guard let index = current else { throw UsageError(report.output) }
                    note(index, report)
                    next = index + options.jobs
                }
            } catch {
                tally.withLock { $0.failures.append("an inspecting process could not be started: \(error)") }
                return
            }
        }
    }

    private func note(_ index: Int, _ result: String, _ milliseconds: Double) {
        let isLate = milliseconds > (MutantInspector.deadline + 2) * 1000
        let isUnclear = Tally.unclear.contains(result)
        let path = isLate || isUnclear ? keep(index) : ""
        tally.withLock { tally in
            tally.count(result)
            if milliseconds > tally.slowest.milliseconds { tally.slowest = (milliseconds, index) }
            if isLate { tally.failures.append("mutant \(index) took \(Int(milliseconds)) ms: \(path)") }
            if isUnclear { tally.failures.append("mutant \(index) got \"\(result)\": \(path)") }
        }
    }

    private func note(_ index: Int, _ crash: CrashReport) {
        let path = keep(index)
        try? crash.output.write(toFile: path + ".log", atomically: true, encoding: .utf8)
        let line = "mutant \(index): \(crash.report?.summary ?? crash.cause): \(path)"
        tally.withLock { tally in
            switch crash.report?.place {
            case .ours?: tally.failures.append(line)
            case .libraries?: tally.libraryFaults.append(line)
            // Without a report the origin of the fault is unknown.
            case nil: tally.failures.append(line)
            }
        }
    }

    private func keep(_ index: Int) -> String {
        let mutant = Mutant(seed: options.seed, index: index, corpus: corpus)
        let path = "\(options.keep)/mutant-\(options.seed)-\(index)"
        try? Data(mutant.bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}
