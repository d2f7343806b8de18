import Foundation
import Mutation
import Synchronization

/// Mutants judged in processes of their own, as many at once as there are jobs. One that falls over is replaced, and the
/// mutant that did it is kept.
final class FileCampaign: Sendable {
    private let options: Options
    private let corpus: Corpus
    private let tally = Mutex(Tally())

    init(_ options: Options) throws {
        self.options = options
        corpus = try options.corpus()
        try FileManager.default.createDirectory(atPath: options.keep, withIntermediateDirectories: true)
    }

    /// Whether every mutant got a clear verdict in time, and nothing was found in our code.
    func run() throws -> Bool {
        say("files: seed \(options.seed), \(options.count) mutants of \(corpus.files.count) files")
        let end = Date().addingTimeInterval(options.seconds)
        let lines = (0..<options.jobs).map { job in
            let line = Thread { [self] in judge(from: options.first + job, until: end) }
            line.start()
            return line
        }
        while !lines.allSatisfy(\.isFinished) { Thread.sleep(forTimeInterval: 0.1) }
        return tally.withLock { tally in
            say(tally)
            return tally.isClean
        }
    }

    private func judge(from first: Int, until end: Date) {
        var next = first
        while next < options.count, Date() < end {
            do {
                let process = try JudgeProcess(options, first: next, seconds: end.timeIntervalSinceNow)
                var inHand: Int?
                let ending = try process.follow { word in
                    switch word {
                    case .begin(let index): inHand = index
                    case .verdict(let index, let verdict, let time, let size):
                        inHand = nil
                        note(index, verdict, time)
                        tally.withLock { if size > $0.largest.kilobytes { $0.largest = (size, index) } }
                    }
                }
                switch ending {
                case .finished: return
                case .died(let certificate):
                    guard let index = inHand else { throw UsageError(certificate.lastWords) }
                    note(index, certificate)
                    next = index + options.jobs
                }
            } catch {
                tally.withLock { $0.failures.append("a judging process could not be had: \(error)") }
                return
            }
        }
    }

    private func note(_ index: Int, _ verdict: String, _ milliseconds: Double) {
        let isLate = milliseconds > (Judge.deadline + 2) * 1000
        let isUnclear = Tally.unclear.contains(verdict)
        let path = isLate || isUnclear ? keep(index) : ""
        tally.withLock { tally in
            tally.count(verdict)
            if milliseconds > tally.slowest.milliseconds { tally.slowest = (milliseconds, index) }
            if isLate { tally.failures.append("mutant \(index) took \(Int(milliseconds)) ms: \(path)") }
            if isUnclear { tally.failures.append("mutant \(index) got \"\(verdict)\": \(path)") }
        }
    }

    private func note(_ index: Int, _ death: DeathCertificate) {
        let path = keep(index)
        try? death.lastWords.write(toFile: path + ".log", atomically: true, encoding: .utf8)
        let line = "mutant \(index): \(death.report?.summary ?? death.cause): \(path)"
        tally.withLock { tally in
            switch death.report?.place {
            case .ours?: tally.failures.append(line)
            case .libraries?: tally.libraryFaults.append(line)
            // Without a report nobody knows whose fault it was.
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
