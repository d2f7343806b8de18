import ChatBridge
import Configuration
import Foundation
import Logging
import Migration

/// `darkroom migrate`: moves an installation to other stores.
enum MigrateCommand: Command {
    static let name = "migrate"
    static let summary = "move chat from SQLite to MongoDB, or objects from the folder to a bucket"
    static let usage = """
        --from sqlite --to mongodb [--abort] [--data DIR]
               darkroom migrate --from folder --to bucket [--jobs N] [--prune] [--data DIR]
        """
    static let options: [Arguments.Option] = [
        .init("--from", "STORE", "what is moved: sqlite or folder, in the data folder"),
        .init("--to", "STORE", "where to: mongodb or bucket, as the settings name it"),
        .init(
            "--abort", nil, "undo a migration to MongoDB: remove the copy unless it is complete, and write SQLite again"
        ),
        .init("--jobs", "N", "how many objects to copy at once (1 to 64, default 8)"),
        .init(
            "--prune", nil, "delete from the bucket what the folder has not; only before the service uses the bucket"),
        .init("--data", "DIR", "the service's data folder (default ./data)"),
    ]
    static let notes = """
        Reads the settings of the service that is to use the new store from the environment (see darkroom serve --help):
        DARKROOM_MONGODB_… or DARKROOM_S3_…. The service that uses the old store may run at the same time, as the same
        user.

        From SQLite to MongoDB: from the first moment the chat store is read-only. The service answers what reads, and
        rejects what writes with 503 until it is started again with the new settings. At the end both stores are compared;
        where they differ, the differences are printed, and MongoDB cannot be used.

        From the folder to a bucket: nothing stops. Objects that are uploaded meanwhile are copied in another pass. The
        same command copies what is new.

        A run that was interrupted, also by a crash, is continued by the same command.

        Exits with 0 on success, 1 when a store failed or the copy differs, 2 when the command line was wrong, 75 when
        another migration runs on the data folder, 78 when a setting is wrong.

        examples:
          DARKROOM_MONGODB_URL=mongodb://db1,db2,db3/?replicaSet=rs0 darkroom migrate --from sqlite --to mongodb
          darkroom migrate --from folder --to bucket --jobs 16
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        let options = try MigrateOptions(arguments)
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let settings = try Settings(reader)
        guard FileManager.default.fileExists(atPath: settings.data.path) else {
            throw SettingError(
                variable: Setting.data.variable, problem: "the service has not run on \(settings.data.path) yet")
        }
        try settings.data.checkOwner()
        let lock = try DataLock(settings.data.path, file: "migrate.lock")
        defer { withExtendedLifetime(lock) {} }
        do {
            switch options.stores {
            case .chat: return try await ChatMigrationRun(settings).run(isAbort: options.isAbort)
            case .objects: return try await ObjectMigrationRun(settings, options).run()
            }
        } catch let error as MigrationError {
            StandardError.write("darkroom: \(error)\n")
            return .failure
        }
    }
}
