import Backup
import ChatStoreSQLite
import Configuration
import Foundation
import Glibc
import Logging
import MediaWorker

/// The program and its commands.
@main
struct Darkroom {
    static var commands: [any Command.Type] {
        [
            ServeCommand.self, WorkCommand.self, TokenCommand.self, ServiceKeyCommand.self, ConsoleCommand.self,
            InspectCommand.self, TranscodeCommand.self, ReprocessCommand.self, ImportCommand.self, OutboxCommand.self,
            MigrateCommand.self,
            BucketCommand.self, BackupCommand.self, RestoreCommand.self,
            SettingsCommand.self, OpenAPICommand.self, AsyncAPICommand.self,
        ]
    }

    static func main() async {
        // A worker process uses this thread alone, before any other is started: nothing has been awaited yet.
        if CommandLine.arguments.dropFirst().first == WorkerMain.argument { exit(WorkerMain.run()) }
        // What the program writes is for its own user alone.
        umask(0o077)
        exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static func run(_ words: [String]) async -> ExitCode {
        guard let name = words.first, !["--help", "-h", "help"].contains(name) else {
            print(help)
            return words.isEmpty ? .wrongUsage : .success
        }
        if name == "--version" {
            print("darkroom \(ProgramVersion.current)")
            return .success
        }
        guard let command = commands.first(where: { $0.name == name }) else {
            printError("there is no command '\(name)'", see: "darkroom --help")
            return .wrongUsage
        }
        if words.contains("--help") || words.contains("-h") {
            print(command.help)
            return .success
        }
        do {
            return try await command.run(Arguments(Array(words.dropFirst()), options: command.options))
        } catch let error as UsageError {
            printError(error.message, see: "darkroom \(name) --help")
            return .wrongUsage
        } catch {
            printError("\(error)", see: nil)
            return switch error {
            case is DataInUse: .dataInUse
            case let error as SnapshotError where error.isBusy: .dataInUse
            case let error as BackupError where error.isBusy: .dataInUse
            case is SettingError: .wrongSettings
            default: .failure
            }
        }
    }

    private static func printError(_ message: String, see help: String?) {
        let hint = help.map { "\ntry: \($0)" } ?? ""
        StandardError.write("darkroom: \(message)\(hint)\n")
    }

    private static var help: String {
        let width = commands.map { $0.name.count }.max() ?? 0
        let list = commands.map { "  " + $0.name.padded(to: width) + "  " + $0.summary }
        return """
            darkroom: the media pipeline of a chat server

            usage: darkroom COMMAND [OPTIONS]

            \(list.joined(separator: "\n"))

            To try it, without any settings:
              darkroom serve --data ./data &
              darkroom token --user alice --data ./data
              curl -H "Authorization: Bearer TOKEN" -F receiver=bob -F video=@clip.mp4 \\
                   http://127.0.0.1:8080/bananatalk/api/v1/messages/video

            See 'darkroom COMMAND --help' for details.

            exit status:
            \(ExitCode.allCases.map { "  \("\($0.rawValue)".padded(to: 3))  \($0.meaning)" }.joined(separator: "\n"))
            """
    }
}
