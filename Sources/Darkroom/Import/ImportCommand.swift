import ChatBridge
import Configuration
import Foundation
import Jobs
import Logging
import MediaAPI
import MediaModel
import MediaWorker
import ObjectStore

/// `darkroom import`: registers objects that were written by others as media.
enum ImportCommand: Command {
    static let name = "import"
    static let summary = "register objects that others have stored as media, with previews"
    static let usage = """
        (--prefix P | --keys FILE | --list BUCKET | --all) --owner ID [--dialect NAME] [--kind K] [--jobs N]
                       [--dry-run] [--data DIR]
               darkroom import (--prefix P | --keys FILE | --list BUCKET | --all) --rules FILE [--jobs N] [--dry-run]
                       [--data DIR]
        """
    static let options: [Arguments.Option] = [
        .init("--prefix", "P", "objects whose key has this prefix"),
        .init("--keys", "FILE", "the objects listed in FILE, one key per line (- for the standard input)"),
        .init(
            "--list", "BUCKET",
            "all objects of that bucket, which must be that of the settings; with --prefix P a part of them"),
        .init("--all", nil, "all objects of the bucket, or of the folder"),
        .init("--owner", "ID", "the user who owns them"),
        .init("--dialect", "NAME", "the chat system in which they count as uploaded (default: the native API)"),
        .init("--kind", "K", "the kind that they must be of: video, audio, image, document"),
        .init("--rules", "FILE", "says for each key whose the object is; see below"),
        .init("--jobs", "N", "how many objects to process at once (default: one for each core)"),
        .init("--dry-run", nil, "print the keys of what would be registered and their owners, and change nothing"),
        .init("--data", "DIR", "the service's data folder (default ./data)"),
    ]
    static let notes = """
        Reads the service's settings from the environment (see darkroom serve --help): where objects are stored, and
        the sizes of thumbnails and waveforms. The service may run at the same time. Each object is read whole, for
        its inspection and its checksum (sha256); they stay where and as they are, with the type under which they were stored. Each one that
        would be accepted as an upload becomes a medium (GET /v1/media/ID), which may be reprocessed, sent and deleted:
        deleting it deletes the object.

        Prints a line for each object that is registered (its key and the medium's ID) or failed (its key, a code and the
        reason), separated by tabs, and at the end how many were registered, known already, skipped and failed, by code.
        With --dry-run nothing is read but the list: it prints what would be tried. Ctrl-C ends the run once the objects in progress are finished, a second one
        immediately. The same command continues where the previous run ended, also after a crash: what a message or a
        medium has already is not registered again.

        A file of rules has a line for each: PATTERN OWNER [DIALECT [KIND]]. The first rule whose pattern covers the key
        counts; an object that none covers is skipped. In a pattern * is any text and {owner} a part of the key without
        slashes, which the word {owner} then stands for; a dialect - is none. Lines that begin with # are ignored:
          uploads/{owner}/voice/*  {owner}  bananatalk  audio
          avatars/{owner}.jpg      {owner}
          *                        archive

        Exits with 0 on success, 1 when some objects could not be registered, 2 when the command line was wrong, 130 when
        it was interrupted.

        examples:
          darkroom import --prefix uploads/ --rules rules.txt --dry-run
          darkroom import --list company-media --rules rules.txt
          darkroom import --prefix avatars/ --owner archive --kind image --jobs 4
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        let options = try ImportOptions(arguments)
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let settings = try Settings(reader)
        try options.check(bucket: settings.bucket?.store.bucket)
        let store = try await ServiceFactory.existingChat(settings)
        let signals = TerminationSignals()
        let jobs = options.jobs ?? max(1, ProcessInfo.processInfo.activeProcessorCount)
        var pool = settings.workers
        (pool.workers, pool.workersForUploads) = (jobs, 0)
        let result: Result<ExitCode, any Error>
        do {
            let objects = try ServiceFactory.objects(settings)
            if options.isDryRun {
                result = .success(try await ImportRun.list(options, objects, store))
            } else {
                let workers = try await Workers.start(pool, logger: .silent)
                let importer = MediaImporter(
                    chat: store, objects: objects,
                    inspector: StoredInspector(
                        store: objects, workers: workers,
                        scanning: try settings.scanning?.scanning(logger: settings.logger)),
                    policy: MediaPolicy(native: settings.previews).narrowed(by: settings.mediaLimits),
                    logger: settings.logger)
                let run = ImportRun(options, objects: objects, chat: store, importer: importer)
                let status: Result<ExitCode, any Error>
                do { status = .success(try await run.run(jobs: jobs, until: signals)) } catch {
                    status = .failure(error)
                }
                await workers.shutdown()
                result = status
            }
        } catch { result = .failure(error) }
        await store.close()
        return try result.get()
    }
}
