import Backup
import Concurrency
import Configuration
import Foundation
import Logging

/// `darkroom backup`: copies the database and the objects while the service runs.
enum BackupCommand: Command {
    static let name = "backup"
    static let summary = "make a consistent backup of the data folder while the service runs, or verify one"
    static let usage = """
        --to DIR [--without-secret] [--copy] [--data DIR]
               darkroom backup --verify DIR
        """
    static let options: [Arguments.Option] = [
        .init("--to", "DIR", "the folder to make, which must not exist"),
        .init("--without-secret", nil, "leave out the secret that signs tokens and URLs"),
        .init("--copy", nil, "copy objects also within a file system, where hard links take no space"),
        .init("--verify", "DIR", "check every file of a backup, and that none is missing"),
        .init("--data", "DIR", "the service's data folder (default ./data)"),
    ]
    static let notes = """
        Reads the settings of the service from the environment; run it as the service's user. The backup has the database as it
        was at one moment, and every object that it refers to: while it is made, the service deletes no objects. It is
        DIR.incomplete until it is complete; one that was interrupted is removed by the next. SHA256SUMS in it is also for
        sha256sum -c.

        With a bucket (DARKROOM_S3_BUCKET) it has the database and the keys of the objects. With MongoDB
        (DARKROOM_MONGODB_URL) chat is not in the data folder: docs/operations.md says how that is backed up.

        Exits with 0 on success, 1 when it failed, the backup is damaged, or an object was not in the store (missing.txt in the
        backup names these), 2 when the command line was wrong, 75 when another backup is being made, 78 when a setting is
        wrong.

        examples:
          darkroom backup --to /backups/2026-11-29 --data /var/lib/darkroom
          darkroom backup --verify /backups/2026-11-29
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        switch (arguments["--to"], arguments["--verify"]) {
        case (let target?, nil) where !target.isEmpty: return try await make(target, arguments)
        case (nil, let folder?) where !folder.isEmpty && !arguments.has("--without-secret") && !arguments.has("--copy"):
            let manifest = try await onThread { try BackupVerifier.verify(folder) }
            print("complete: \(describe(manifest))")
            return report(manifest, folder)
        default: throw UsageError("say where the backup is to be (--to DIR), or which to check (--verify DIR)")
        }
    }

    private static func make(_ target: String, _ arguments: Arguments) async throws -> ExitCode {
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let settings = try Settings(reader)
        guard settings.mongoDB == nil else {
            throw SettingError(
                variable: "DARKROOM_MONGODB_URL",
                problem: "chat is in MongoDB, not in the data folder; docs/operations.md says how it is backed up")
        }
        try settings.data.checkExisting()
        var options = BackupMaker.Options()
        options.objects = settings.bucket == nil ? .folder : .bucket
        options.leavesOutSecret = arguments.has("--without-secret")
        options.copies = arguments.has("--copy")
        options.program = ProgramVersion.current
        let folder = target.count > 1 && target.hasSuffix("/") ? String(target.dropLast()) : target
        let manifest = try await onThread { [options] in
            try BackupMaker(of: settings.data.path, options).run(to: folder)
        }
        print("\(folder): \(describe(manifest))")
        return report(manifest, folder)
    }

    static func describe(_ manifest: BackupManifest) -> String {
        let place =
            manifest.objects == .bucket
            ? "the keys of \(ProgressLine.number(manifest.objectCount)) objects in the bucket"
            : "\(ProgressLine.number(manifest.objectCount - manifest.missing)) objects "
                + "(\(ProgressLine.number((manifest.bytes + 1 << 19) >> 20)) MB)"
        return "the database of \(manifest.created), \(place), \(manifest.hasSecret ? "the secret" : "no secret")"
    }

    /// Says which objects are missing. Returns the exit status.
    static func report(_ manifest: BackupManifest, _ folder: String) -> ExitCode {
        fflush(nil)
        guard manifest.missing > 0 else { return .success }
        StandardError.write(
            "darkroom: \(ProgressLine.number(manifest.missing)) objects that messages refer to were not in the store: "
                + "\(folder)/missing.txt names them\n")
        return .failure
    }
}

/// Runs what blocks on a thread of its own.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await ThreadPool(name: "backup", threads: 1).run(body)
}
