import Foundation
import HostileMedia
import Mutation

/// Fuzzes the service with thousands of damaged files: each must get a clear result in time, and crash nothing.
@main
enum DarkroomFuzz {
    private static let usage = """
        usage: DarkroomFuzz files|service|hostile|write [--count N] [--seconds S] [--seed N] [--first N] [--jobs N]
                            [--keep DIR] [--program PATH] FOLDER…

          files    inspects mutants in processes of its own
          service  sends mutants to a `darkroom serve` that it starts (--program)
          hostile  writes the hostile test files to the first folder: mutants may be made of them too
          write    writes the mutant number --first to standard output
        """

    static func main() async throws {
        do {
            let options = try Options(CommandLine.arguments.dropFirst(2))
            switch CommandLine.arguments.dropFirst().first {
            case "files": exit(try FileCampaign(options).run() ? 0 : 1)
            case "service": exit(try await ServiceCampaign(options).run() ? 0 : 1)
            case "inspect": try await MutantInspector(options).run()
            case "hostile": try writeHostileFiles(to: options.folders[0])
            case "write":
                let mutant = Mutant(seed: options.seed, index: options.first, corpus: try options.corpus())
                try FileHandle.standardOutput.write(contentsOf: Data(mutant.bytes))
            default: throw UsageError("no command given")
            }
        } catch let error as UsageError {
            FileHandle.standardError.write(Data("\(error.message)\n\(usage)\n".utf8))
            exit(2)
        }
    }

    private static func writeHostileFiles(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for file in HostileFile.all {
            let name = file.name.map { $0.isLetter || $0.isNumber ? $0 : "-" }
            try Data(try file.bytes()).write(to: URL(fileURLWithPath: "\(folder)/\(String(name))"))
        }
    }
}
