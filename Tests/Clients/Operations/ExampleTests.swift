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

    /// Runs the shell examples of a document and then its example in Python, with the variables that the former export, beside a
    /// new service that has `samples/` and `photo.jpg` in its folder.
    private func run(_ document: String, shell: [String], python: String? = nil) async throws -> (Finished, URL) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("examples-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let service = try TestService.start(data: folder.appendingPathComponent("data"))
        defer { withExtendedLifetime(service) {} }
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("samples"), withDestinationURL: Project.file("samples"))
        try FileManager.default.copyItem(
            at: Project.file("samples/image/orientation-1.jpg"), to: folder.appendingPathComponent("photo.jpg"))
        var script = shell.joined(separator: "\n")
            .replacing("PATH=$PWD/.build/release:$PATH\n", with: "")
            .replacing("darkroom serve --data ./data & sleep 2\n", with: "")
            .replacing("http://127.0.0.1:8080", with: service.base)
        #expect(!script.contains("darkroom serve"))
        if let python {
            try python.write(to: folder.appendingPathComponent("socket.example"), atomically: true, encoding: .utf8)
            // What curl prints ends without a newline.
            script += "\necho\n'\(Python.interpreter.path)' socket.example"
        }
        let finished = try await run(script, in: folder)
        #expect(finished.status == 0, "\(document): \(finished.errors)\n\(finished.output.suffix(2000))")
        return (finished, folder)
    }

    @Test("the commands of the README's examples succeed, one after the other, with a service that serves as it says")
    func readme() async throws {
        let examples = try blocks(of: "sh", in: "README.md").filter { !$0.contains("make ") }
        #expect(examples.count >= 6)
        let (finished, folder) = try await run("README.md", shell: examples)
        defer { try? FileManager.default.removeItem(at: folder) }
        // A link to each kind of preview was returned, and the thumbnail of the last example was written.
        #expect(finished.output.contains("-thumb.jpg?"))
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("thumb.jpg").path))
    }

    @Test(
        "the examples on the page of a chat system work: a call, and a socket that receives what the page says",
        arguments: ["bananatalk", "imagekit", "intok", "signalr", "rooms"])
    func dialect(name: String) async throws {
        try Python.require()
        let page = "docs/dialects/\(name).md"
        let python = try #require(try blocks(of: "python", in: page).first)
        let (finished, folder) = try await run(page, shell: try blocks(of: "sh", in: page), python: python)
        defer { try? FileManager.default.removeItem(at: folder) }
        let last = try #require(finished.output.split(separator: "\n").last)
        let text = try String(contentsOf: Project.file(page), encoding: .utf8)
        // The last line begins with the event that the socket received, which the page lists.
        let event = try #require(last.split(separator: " ").first)
        let isListed = text.contains("| `\(event)` |")
        #expect(isListed, "\(event): \(finished.output)")
    }
}
