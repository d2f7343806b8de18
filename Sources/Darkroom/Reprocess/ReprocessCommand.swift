import ChatBridge
import Configuration
import Foundation
import Jobs
import Logging
import MediaWorker

/// `darkroom reprocess`: creates derivatives of stored media again.
enum ReprocessCommand: Command {
    static let name = "reprocess"
    static let summary = "create thumbnails, waveforms and measures of stored media again"
    static let usage = """
        [--prefix P] [--kind K] [--since T] [--only LIST] [--jobs N] [--dry-run] [--data DIR]
               darkroom reprocess --keys FILE [--only LIST] [--jobs N] [--dry-run] [--data DIR]
        """
    static let options: [Arguments.Option] = [
        .init("--prefix", "P", "only objects whose key has this prefix"),
        .init("--kind", "K", "only media of this kind: video, audio, image"),
        .init("--since", "T", "only media sent since this time: 2026-11-01, 2026-11-01T10:00:00Z"),
        .init("--keys", "FILE", "only the objects listed in FILE, one key per line (- for the standard input)"),
        .init("--only", "LIST", "what to create: thumbnail, waveform, measures (duration and size); default all"),
        .init("--jobs", "N", "how many media to process at once (default: one for each core)"),
        .init("--dry-run", nil, "print the keys of what would be reprocessed, and change nothing"),
        .init("--restart", nil, "start over instead of resuming an interrupted run of the same selection"),
        .init("--data", "DIR", "the service's data folder (default ./data)"),
    ]
    static let notes = """
        Reads the service's settings from the environment (see darkroom serve --help): where objects are stored, and
        the sizes of thumbnails and waveforms. The service may run at the same time. Objects are read in ranges, and
        only as far as needed. Messages and media show each new derivative immediately; a thumbnail that is no longer
        used is deleted. A derivative that is identical to the old one, or cannot be created, is not replaced.

        Ctrl-C ends the run once the media in progress are finished, a second one immediately. The same command
        continues where the previous run ended, also after a crash: no object is processed twice or left out.

        Exits with 0 on success, 1 when some media could not be reprocessed (listed with reasons on the standard
        output), 2 when the command line was wrong, 130 when it was interrupted.

        examples:
          darkroom reprocess --dry-run
          DARKROOM_THUMBNAIL_SIDE=800 darkroom reprocess --kind video --only thumbnail --jobs 4
          darkroom reprocess --prefix bananatalk/voice/ --since 2026-11-01
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        let options = try ReprocessOptions(arguments)
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let settings = try Settings(reader)
        let store = try await ServiceFactory.existingChat(settings)
        do {
            let status =
                try await options.isDryRun
                ? list(options.request, store) : reprocess(options, settings, store)
            await store.close()
            return status
        } catch {
            await store.close()
            throw error
        }
    }

    private static func reprocess(
        _ options: ReprocessOptions, _ settings: Settings, _ store: any ChatStore
    ) async throws -> ExitCode {
        let signals = TerminationSignals()
        let jobs = options.jobs ?? max(1, ProcessInfo.processInfo.activeProcessorCount)
        var pool = settings.workers
        (pool.workers, pool.workersForUploads) = (jobs, 0)
        let workers = try await Workers.start(pool, logger: .silent)
        do {
            let run = try ReprocessRun(options, settings, store: store, workers: workers, jobs: jobs)
            let status = try await run.run(until: signals)
            await workers.shutdown()
            return status
        } catch {
            await workers.shutdown()
            throw error
        }
    }

    /// Prints the keys of the objects that `request` selects.
    private static func list(_ request: MediaJobRequest, _ store: any MediaJobStore) async throws -> ExitCode {
        var known: Set<String> = []
        var cursor: SelectionCursor?
        repeat {
            let page = try await store.select(request, after: cursor, limit: 1000)
            for object in page.objects where known.insert(object).inserted { print(object) }
            cursor = page.next
        } while cursor != nil
        fflush(nil)
        StandardError.write("\(ProgressLine.number(known.count)) media would be reprocessed\n")
        return .success
    }
}
