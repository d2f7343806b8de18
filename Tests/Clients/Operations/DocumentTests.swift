import Foundation
import TestPrograms
import Testing

@Suite("Documents and settings")
struct DocumentTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOf: Project.file(path), encoding: .utf8)
    }

    @Test("docs/settings.md is what the program prints")
    func settingsPage() async throws {
        let printed = try await Command.run(Project.darkroom, ["settings"])
        #expect(printed.status == 0)
        #expect(try text("docs/settings.md") == printed.output, "darkroom settings > docs/settings.md")
    }

    @Test("`serve --help` names each setting that the page has, and no other")
    func settings() async throws {
        let help = try await Command.run(Project.darkroom, ["serve", "--help"]).output
        let list = try #require(help.split(separator: "settings, as environment variables").last)
        let named = Set(list.matches(of: #/(?m)^  ([A-Za-z0-9_]+)  +\S+: /#).map { String($0.output.1) })
        #expect(named.count > 30)
        var documented: Set<String> = []
        for row in try text("docs/settings.md").matches(of: #/(?m)^\| `([^`]+)`(?:, `([^`]+)`)?/#) {
            documented.insert(String(row.output.1))
            if let flag = row.output.2 { #expect(help.contains("  \(flag) "), "\(flag) is no option of serve") }
        }
        #expect(named == documented)
    }

    @Test("a setting with a name of an earlier release ends the start with the present name")
    func formerNames() async throws {
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["DARKROOM_STORED_WORKERS=2", Project.darkroom.path, "serve", "--listen", "127.0.0.1:0"])
        #expect(finished.status == 78)
        #expect(finished.errors.contains("DARKROOM_STORED_WORKERS: is called DARKROOM_REPROCESS_CONCURRENCY now"))
        let option = try await Command.run(Project.darkroom, ["reprocess", "--anew"])
        #expect(option.status == 2 && option.errors.contains("--anew is called --restart now"))
    }

    @Test(
        "links between documents lead to files",
        arguments: [
            "README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/api.md", "docs/architecture.md", "docs/settings.md",
            "docs/mongodb.md", "docs/metrics.md", "docs/operations.md",
            "docs/adding-a-chat-system.md", "docs/figures.md", "Fuzz/README.md", "Tests/Chaos/README.md",
        ])
    func links(document: String) throws {
        let folder = Project.file(document).deletingLastPathComponent()
        for match in try text(document).matches(of: #/\]\(([^)#:]+)(?:#[^)]*)?\)/#) {
            let target = folder.appendingPathComponent(String(match.output.1)).standardizedFileURL.path
            #expect(FileManager.default.fileExists(atPath: target), "\(document) links to \(match.output.1)")
        }
    }

    @Test("every type that docs/architecture.md names is declared in the sources")
    func types() throws {
        let root = Project.file("Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }
        var declared: Set<String> = []
        for file in files {
            let source = try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
            for match in source.matches(of: #/(?:struct|class|enum|actor|protocol|typealias) ([A-Z]\w+)/#) {
                declared.insert(String(match.output.1))
            }
        }
        let modules = Set(files.compactMap { $0.split(separator: "/").first.map(String.init) })
        let named = try text("docs/architecture.md").matches(of: #/`([A-Z][A-Za-z]+)s?`/#).map { String($0.output.1) }
        #expect(named.count > 30)
        for name in named where !modules.contains(name) {
            #expect(declared.contains(name) || declared.contains(String(name.dropLast())), "\(name) is no type")
        }
    }
}
