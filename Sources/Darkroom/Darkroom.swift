import Foundation
import Glibc
import MediaWorker

/// The program and its commands.
@main
struct Darkroom {
    static let version = "0.4.0"
    static var commands: [any Command.Type] {
        [ServeCommand.self, TokenCommand.self, InspectCommand.self, ReprocessCommand.self, SettingsCommand.self]
    }

    static func main() async {
        // A worker process uses this thread alone, before any other is started: nothing has been awaited yet.
        if CommandLine.arguments.dropFirst().first == WorkerMain.argument { exit(WorkerMain.run()) }
        exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ words: [String]) async -> Int32 {
        guard let name = words.first, !["--help", "-h", "help"].contains(name) else {
            print(help)
            return words.isEmpty ? 2 : 0
        }
        if name == "--version" {
            print("darkroom \(version)")
            return 0
        }
        guard let command = commands.first(where: { $0.name == name }) else {
            printError("there is no command '\(name)'", see: "darkroom --help")
            return 2
        }
        if words.contains("--help") || words.contains("-h") {
            print(command.help)
            return 0
        }
        do {
            return try await command.run(Arguments(Array(words.dropFirst()), options: command.options))
        } catch let error as UsageError {
            printError(error.message, see: "darkroom \(name) --help")
            return 2
        } catch let error as DataInUse {
            printError("\(error)", see: nil)
            return DataLock.exitStatus
        } catch {
            printError("\(error)", see: nil)
            return 1
        }
    }

    private static func printError(_ message: String, see help: String?) {
        let hint = help.map { "\ntry: \($0)" } ?? ""
        FileHandle.standardError.write(Data("darkroom: \(message)\(hint)\n".utf8))
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
            """
    }
}
