import Foundation
import TestPrograms
import Testing

@Suite("Examples in the documents")
struct ExampleTests {
    /// The fenced blocks of `language` in a document, in order.
    private func blocks(of language: String, in document: String) throws -> [String] {
        let text = try String(contentsOf: Project.file(document), encoding: .utf8)
        return text.components(separatedBy: "```\(language)\n").dropFirst().map {
            $0.components(separatedBy: "\n```")[0]
        }
    }

    /// Runs a script by bash in `folder`, with `darkroom` on the path; a failing command or a rejected request ends it.
    private func run(_ script: String, in folder: URL) async throws -> Finished {
        let prelude = """
            set -eu
            cd '\(folder.path)'
            PATH='\(Project.darkroom.deletingLastPathComponent().path)':$PATH
            curl() { command curl -sS --fail-with-body "$@"; }
            """
        return try await Command.run(
            URL(fileURLWithPath: "/bin/bash"), ["-c", prelude + "\n" + script],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
    }

    @Test("the commands of the README's examples succeed, one after the other, with a service that serves as it says")
    func readme() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("examples-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let service = try TestService.start(data: folder.appendingPathComponent("data"))
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("samples"), withDestinationURL: Project.file("samples"))
        try FileManager.default.copyItem(
            at: Project.file("samples/image/orientation-1.jpg"), to: folder.appendingPathComponent("photo.jpg"))
        let examples = try blocks(of: "sh", in: "README.md").filter { !$0.contains("make ") }
        #expect(examples.count >= 6)
        let script = examples.joined(separator: "\n")
            .replacing("darkroom serve --data ./data &\n", with: "")
            .replacing("http://127.0.0.1:8080", with: service.base)
        #expect(!script.contains("darkroom serve"))
        let finished = try await run(script, in: folder)
        #expect(finished.status == 0, "\(finished.errors)\n\(finished.output.suffix(2000))")
        // A link to each kind of preview was returned, and the thumbnail of the last example was written.
        #expect(finished.output.contains("-thumb.jpg?"))
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("thumb.jpg").path))
    }
}
