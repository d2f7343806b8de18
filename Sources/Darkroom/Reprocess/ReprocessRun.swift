import ChatBridge
import Foundation
import Jobs
import Logging
import MediaAPI
import MediaWorker
import ObjectStore

/// One run of `darkroom reprocess`, from claiming the job to the report.
struct ReprocessRun {
    private let options: ReprocessOptions
    private let store: any ChatStore
    private let objects: any ObjectStore
    private let settings: ReprocessSettings
    private let reprocessor: Reprocessor
    private let logger: Logger

    init(
        _ options: ReprocessOptions, _ settings: Settings, store: any ChatStore, workers: any MediaInspecting,
        jobs: Int
    ) throws {
        self.options = options
        self.store = store
        logger = settings.logger
        objects = try ServiceFactory.objects(settings)
        self.settings = ReprocessSettings(
            thumbnail: settings.previews.thumbnail, waveform: settings.previews.waveform, concurrency: jobs)
        reprocessor = Reprocessor(
            chat: store, objects: objects, inspector: StoredInspector(store: objects, workers: workers),
            settings: self.settings, logger: logger)
    }

    func run(until signals: TerminationSignals) async throws -> ExitCode {
        let orphansAdded = WakeSignal()
        let runner = JobRunner(
            store: store, reprocessor: reprocessor, settings: settings, onChange: { orphansAdded.wake() },
            logger: logger)
        let stop = Task { [stream = signals.stream] in
            for await _ in stream {
                runner.stop()
                say("finishing what was begun; again to end at once")
            }
        }
        defer { withExtendedLifetime(signals) { stop.cancel() } }
        guard let job = try await claim(by: runner) else { return .interrupted }
        let display = Task { [counts = job.counts] in
            var display = ProgressDisplay(counts)
            await display.show { runner.counts }
        }
        // Old thumbnails are deleted while new ones are created.
        let deletion = Task {
            await orphansAdded.run {
                // What cannot be deleted now is tried again at the end, which reports a failure.
                try? await orphanDeleter.deletePending()
                return nil
            }
        }
        let result: Result<JobRunner.End, any Error>
        do { result = .success(try await runner.run(job)) } catch { result = .failure(error) }
        display.cancel()
        await display.value
        deletion.cancel()
        await deletion.value
        await deleteOrphans()
        switch try result.get() {
        case .completed: return try await report(job.id)
        case .stopped:
            say("stopped at \(Self.progress(runner.counts)); the same command goes on from there")
            return .interrupted
        case .lost:
            say("the job was given up, or taken over by another run: see the other run")
            return .failure
        }
    }

    /// Claims the job of the request: an interrupted one, or a new one. Returns `nil` when the run is stopped while
    /// waiting.
    /// - Throws: ``UsageError`` when the job ended under another runner; errors of the store.
    private func claim(by runner: JobRunner) async throws -> MediaJob? {
        var job = try await store.jobs(of: .command, isOpen: true, limit: 1000).first { $0.request == options.request }
        if options.isRestart, let old = job {
            _ = try await store.cancelJob(old.id)
            job = nil
        }
        if let job { say("going on at \(Self.progress(job.counts))") }
        let wanted: MediaJob
        if let job {
            wanted = job
        } else {
            let now = Date()
            try await store.deleteEndedJobs(keeping: settings.rememberedJobs)
            wanted = try await store.add(
                MediaJob(
                    id: ObjectIDGenerator().next(at: now).description, origin: .command, request: options.request,
                    createdAt: now))
        }
        var hasWaited = false
        while true {
            switch try await runner.claim(wanted.id) {
            case .granted(let job): return job
            case .ended:
                throw UsageError("the run that this one waited for has ended; start again if there is more to do")
            case .held:
                if !hasWaited { say("another run has this job; waiting until it ends or gives no sign of life") }
                hasWaited = true
                guard !runner.isStopping else { return nil }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// Deletes objects that are no longer used; a running service may delete them first.
    private var orphanDeleter: OrphanDeleter {
        let objects = objects
        return OrphanDeleter(
            references: store, logger: logger,
            endWrites: { keys in try await objects.abortWrites(to: keys.compactMap(ObjectKey.init(validating:))) },
            delete: { keys in try await objects.delete(keys.compactMap(ObjectKey.init(validating:))) })
    }

    private func deleteOrphans() async {
        do {
            try await orphanDeleter.deletePending()
        } catch {
            say("old thumbnails could not be deleted now; the service will: \(error)")
        }
    }

    /// Prints the results of the items. Returns the exit status.
    private func report(_ id: String) async throws -> ExitCode {
        guard let job = try await store.job(id) else { return .failure }
        let counts = job.counts
        let parts: [(MediaJobItem.State, String)] = [
            (.done, "regenerated"), (.unchanged, "unchanged"), (.skipped, "skipped"), (.failed, "failed"),
        ]
        let list = parts.map { "\(ProgressLine.number(counts[$0.0])) \($0.1)" }.joined(separator: ", ")
        print("\(ProgressLine.number(counts.total)) media: \(list)")
        var last = 0
        while case let page = try await store.failures(of: id, after: last, limit: 1000), let end = page.last {
            for failure in page { print("\(failure.object)\t\(failure.reason.code)\t\(failure.reason.message)") }
            last = end.number
        }
        fflush(nil)
        return counts[.failed] == 0 ? .success : .failure
    }

    private static func progress(_ counts: MediaJob.Counts) -> String {
        "\(ProgressLine.number(counts.ended)) of \(ProgressLine.number(counts.total))"
            + (counts.isComplete ? "" : " or more")
    }

    private func say(_ text: String) { StandardError.write("\(text)\n") }
}
