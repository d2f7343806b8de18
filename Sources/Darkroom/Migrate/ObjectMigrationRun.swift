import ChatBridge
import Configuration
import Foundation
import Logging
import Migration
import ObjectStore

/// One run of `darkroom migrate --from folder --to bucket`.
struct ObjectMigrationRun {
    private let settings: Settings
    private let options: MigrateOptions

    init(_ settings: Settings, _ options: MigrateOptions) { (self.settings, self.options) = (settings, options) }

    func run() async throws -> ExitCode {
        guard let bucket = settings.bucket else {
            throw SettingError(variable: "DARKROOM_S3_BUCKET", problem: "names no bucket to copy to")
        }
        // Nothing is deleted while a service may write to the folder.
        let lock = options.prunes ? try DataLock(settings.data.path) : nil
        defer { withExtendedLifetime(lock) {} }
        let target = try ServiceFactory.objects(settings)
        try await target.check()
        let migration = ObjectMigration(
            from: try ServiceFactory.folder(settings), to: target,
            name: "\(bucket.store.endpoint)/\(bucket.store.bucket)",
            stateFile: settings.data.path + "/migrate-objects.json", concurrency: options.jobs)
        let total = try await migration.count()
        let ended = Counter()
        let display = Task {
            var display = ProgressDisplay(MediaJob.Counts(items: [.waiting: total], isComplete: true))
            await display.show {
                let count = ended.value
                return MediaJob.Counts(
                    items: [.done: count, .waiting: max(total - count, 0)], isComplete: true)
            }
        }
        let result: Result<ObjectMigration.Result, any Error>
        do { result = .success(try await migration.run { ended.add($0) }) } catch { result = .failure(error) }
        display.cancel()
        await display.value
        let copied = try result.get()
        let size = (copied.bytes + 1 << 19) >> 20
        print(
            "\(ProgressLine.number(copied.copied)) objects copied (\(ProgressLine.number(size)) MB), "
                + "\(ProgressLine.number(copied.known)) were there, \(ProgressLine.number(copied.vanished)) deleted meanwhile"
        )
        if options.prunes {
            guard total > 0 else {
                StandardError.write("darkroom: the folder has no objects: nothing is deleted from the bucket\n")
                return .failure
            }
            print("\(ProgressLine.number(try await migration.prune())) objects deleted that the folder has not")
        }
        fflush(nil)
        return .success
    }
}
