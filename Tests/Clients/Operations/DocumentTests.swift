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

    /// Every page of docs, and the documents beside the sources.
    private static let pages: [String] = {
        let folder = (try? FileManager.default.contentsOfDirectory(atPath: Project.file("docs").path)) ?? []
        return folder.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
            + ["README.md", "CONTRIBUTING.md", "SECURITY.md", "Fuzz/README.md", "Tests/Chaos/README.md"]
    }()

    @Test("links between documents lead to files", arguments: pages)
    func links(document: String) throws {
        let folder = Project.file(document).deletingLastPathComponent()
        for match in try text(document).matches(of: #/\]\(([^)#:]+)(?:#[^)]*)?\)/#) {
            let target = folder.appendingPathComponent(String(match.output.1)).standardizedFileURL.path
            #expect(FileManager.default.fileExists(atPath: target), "\(document) links to \(match.output.1)")
        }
    }

    @Test("every type that a document names is declared, and every member of a type")
    func types() throws {
        #expect(Self.pages.count > 10)
        let names = try declaredNames()
        var count = 0
        for page in Self.pages {
            let prose = try text(page).replacing(#/```[\s\S]*?```/#, with: "")
            // `Type`, `Type.member`, `Type(…)`, also in the plural.
            for match in prose.matches(of: #/`([A-Z]+[a-z][A-Za-z]*)(?:\.([a-z]\w*))?(?:\([^`]*)?`/#) {
                let (type, member) = (String(match.output.1), match.output.2.map(String.init))
                guard !Self.foreign.contains(type) else { continue }
                #expect(names.types.contains(type) || names.types.contains(String(type.dropLast())), "\(page): \(type)")
                if let member, member != "swift" {
                    #expect(names.members.contains(member), "\(page): \(type).\(member)")
                }
                count += 1
            }
        }
        #expect(count > 100)
    }

    /// Types of Swift and of other programs, a header field, and errors of MongoDB.
    private static let foreign: Set<String> = [
        "Allow", "AsyncRedisManager", "JSONDecoder", "Package", "RedisManager", "Task", "TransientTransactionError",
        "UnknownTransactionCommitResult", "Webhook",
    ]

    /// The types, targets and members that the package declares.
    private func declaredNames() throws -> (types: Set<String>, members: Set<String>) {
        let targets = try text("Package.swift").matches(of: #/"([A-Z]\w+)"/#).map { String($0.output.1) }
        var names = (types: Set(targets + targets.map { $0 + "Tests" }), members: Set<String>())
        for folder in ["Sources", "Tests"] {
            let root = Project.file(folder)
            for file in try FileManager.default.subpathsOfDirectory(atPath: root.path) where file.hasSuffix(".swift") {
                let source = try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
                for match in source.matches(of: #/\b(?:struct|class|enum|actor|protocol|typealias) ([A-Z]\w+)/#) {
                    names.types.insert(String(match.output.1))
                }
                for match in source.matches(of: #/\b(?:var|let|func|case) ([a-z]\w*)/#) {
                    names.members.insert(String(match.output.1))
                }
            }
        }
        return names
    }
}
