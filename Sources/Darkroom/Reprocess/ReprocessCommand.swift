import ChatBridge
import Configuration
import Foundation
import Logging
import MediaWorker
import Reprocessing

/// `darkroom reprocess`: makes derivatives of stored media anew.
enum ReprocessCommand: Command {
    static let name = "reprocess"
    static let summary = "make thumbnails, waveforms and measures of stored media anew"
    static let usage = """
        [--prefix P] [--kind K] [--since T] [--only LIST] [--jobs N] [--dry-run] [--data DIR]
               darkroom reprocess --keys FILE [--only LIST] [--jobs N] [--dry-run] [--data DIR]
        """
    static let options: [Arguments.Option] = [
        .init("--prefix", "P", "only objects whose key begins so"),
        .init("--kind", "K", "only media of this kind: video, audio, image"),
        .init("--since", "T", "only what was sent since: 2026-11-01, 2026-11-01T10:00:00Z"),
        .init("--keys", "FILE", "only the objects that FILE names, a key a line (- for the standard input)"),
        .init("--only", "LIST", "what to make: thumbnail, waveform, measures (duration and size); default all"),
        .init("--jobs", "N", "how many media at once (default: one for each core)"),
        .init("--dry-run", nil, "print the keys of what would be reprocessed, and change nothing"),
        .init("--anew", nil, "give up an interrupted run of the same selection instead of going on with it"),
        .init("--data", "DIR", "the service's data folder (default ./data)"),
    ]
    static let notes = """
        Takes the service's settings from the environment (see darkroom serve --help): where objects rest, and how large
        thumbnails and waveforms are. The service may run meanwhile. Objects are read by ranges, never as a whole where parts
        tell enough. Messages and media show what was made as soon as it is; a thumbnail that nothing shows any more is
        deleted. What comes out the same as before stays as it is, and so does what cannot be made anew.

        Ctrl-C ends the run once the media in hand are done, a second one at once. The same command again goes on where the
        run before it ended, also after a crash: nothing is done twice, nothing left out.

        Exits with 0 when all went well, 1 when something could not be reprocessed (each with its reason on the standard
        output), 2 when the command line was wrong, 130 when it was interrupted.

        examples:
          darkroom reprocess --dry-run
          DARKROOM_THUMBNAIL_SIDE=800 darkroom reprocess --kind video --only thumbnail --jobs 4
          darkroom reprocess --prefix bananatalk/voice/ --since 2026-11-01
        """

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let options = try ReprocessOptions(arguments)
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let settings = try Settings(reader)
        let store = try ServiceFactory.existingChat(settings)
        if options.isDryRun { return try await list(options.request, store) }

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

    /// Prints what `order` selects.
    private static func list(_ request: ReprocessRequest, _ store: any ReprocessStore) async throws -> Int32 {
        var known: Set<String> = []
        var cursor: SelectionCursor?
        repeat {
            let page = try await store.select(request, after: cursor, limit: 1000)
            for object in page.objects where known.insert(object).inserted { print(object) }
            cursor = page.next
        } while cursor != nil
        fflush(nil)
        FileHandle.standardError.write(Data("\(ProgressLine.number(known.count)) media would be reprocessed\n".utf8))
        return 0
    }
}
