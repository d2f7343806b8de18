import Bytes
import Foundation
import HTTPClient
import Mutation

/// Uploads mutants to a running service: each must get an answer that is no failure of the service itself, and nothing may be left
/// after accepted files were deleted.
struct ServiceCampaign {
    private let options: Options
    private let corpus: Corpus
    private let service: ServiceProcess
    private let client: HTTPClient

    init(_ options: Options) throws {
        self.options = options
        corpus = try options.corpus()
        service = try ServiceProcess(options.program)
        client = try HTTPClient()
        try FileManager.default.createDirectory(atPath: options.keep, withIntermediateDirectories: true)
    }

    /// Whether every mutant got a clear answer, and the service is in its original state.
    func run() async throws -> Bool {
        printLine("service: seed \(options.seed), \(options.count) mutants of \(corpus.files.count) files")
        let end = Date().addingTimeInterval(options.seconds)
        var tally = Tally()
        await withTaskGroup(of: Outcome.self) { group in
            var indices = (options.first..<options.count).makeIterator()
            func sendNext() {
                guard Date() < end, service.isRunning, let index = indices.next() else { return }
                group.addTask { [uploads] in await uploads.send(index) }
            }
            for _ in 0..<options.jobs { sendNext() }
            for await outcome in group {
                note(outcome, in: &tally)
                sendNext()
            }
        }
        await checkEnd(&tally)
        printLine(tally)
        return tally.isClean
    }

    private var uploads: Uploads {
        Uploads(client: client, base: service.base, token: service.token, seed: options.seed, corpus: corpus)
    }

    private func note(_ outcome: Outcome, in tally: inout Tally) {
        tally.count(outcome.result)
        if outcome.milliseconds > tally.slowest.milliseconds {
            tally.slowest = (outcome.milliseconds, outcome.index)
        }
        guard let failure = outcome.failure else { return }
        let path = "\(options.keep)/upload-\(options.seed)-\(outcome.index)"
        let mutant = Mutant(seed: options.seed, index: outcome.index, corpus: corpus)
        try? Data(mutant.bytes).write(to: URL(fileURLWithPath: path))
        tally.failures.append("mutant \(outcome.index): \(failure): \(path)")
    }

    private func checkEnd(_ tally: inout Tally) async {
        guard service.isRunning else {
            tally.failures.append("the service has ended")
            return
        }
        tally.largest = (peakMemory(of: "\(service.identifier)"), options.count)
        let health = try? await client.execute(HTTPClientRequest("GET", service.base + "/healthz"))
        if health?.status != 200 { tally.failures.append("GET /healthz: \(health?.status ?? 0)") }
        // Objects are deleted asynchronously.
        let timeout = Date().addingTimeInterval(30)
        while !service.objects().isEmpty, Date() < timeout { try? await Task.sleep(for: .milliseconds(50)) }
        let left = service.objects()
        if !left.isEmpty { tally.failures.append("\(left.count) objects were left, such as \(left[0])") }
    }
}
