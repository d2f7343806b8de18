import Backup
import Configuration
import Foundation

/// `darkroom restore`: makes a data folder of a backup.
enum RestoreCommand: Command {
    static let name = "restore"
    static let summary = "make a data folder of a backup"
    static let usage = "--from DIR [--data DIR]"
    static let options: [Arguments.Option] = [
        .init("--from", "DIR", "a backup that darkroom backup made"),
        .init("--data", "DIR", "the data folder to make, which must be empty or not exist (default ./data)"),
    ]
    static let notes = """
        Copies the files and checks each; nothing is restored of a backup that is damaged. The service must not run on the
        folder. One that was interrupted is begun again by the same command, and the service does not start on its folder.

        Exits with 0 on success, 1 when it failed, the folder is not empty or the backup is damaged, 2 when the command line was
        wrong, 75 when a service uses the folder, 78 when a setting is wrong.

        examples:
          darkroom restore --from /backups/2026-11-29 --data /var/lib/darkroom
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        guard let backup = arguments["--from"], !backup.isEmpty else {
            throw UsageError("say which backup is to be restored: --from DIR")
        }
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let settings = try Settings(reader)
        try settings.data.prepare()
        let lock = try DataLock(settings.data.path)
        defer { withExtendedLifetime(lock) {} }
        let manifest = try await onThread { try BackupRestorer(to: settings.data.path).run(from: backup) }
        print("\(settings.data.path): \(BackupCommand.describe(manifest))")
        if !manifest.hasSecret {
            print("the secret is not in the backup: set JWT_SECRET, or tokens and URLs made before are not valid")
        }
        return BackupCommand.report(manifest, backup)
    }
}
