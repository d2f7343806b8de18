import ChatBridge
import Configuration
import Foundation
import MediaAPI
import OpenAPI
import TestPrograms
import Testing

@testable import Darkroom

@Suite("Pages of the chat systems")
struct DialectPageTests {
    /// A dialect of this build, and where its page and its sources are.
    private struct Subject {
        let module: any DialectModule.Type
        let name: String
        let folder: String
        /// The type of its limits.
        let limits: String

        init(_ module: any DialectModule.Type) {
            self.module = module
            name = module.dialect.rawValue
            let type = String(reflecting: module).split(separator: ".").map(String.init)
            folder = "Sources/Dialects/" + type[0]
            limits = type[1].replacing("Dialect", with: "Limits")
        }

        var page: DialectPage { get throws { try DialectPage(name) } }
    }

    private let subjects = DialectModules.all.map(Subject.init)

    @Test("each chat system has a page, and each page is about one; docs/api.md links to all")
    func pages() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Project.file("docs/dialects").path)
        #expect(Set(files) == Set(subjects.map { $0.name + ".md" }))
        let text = try DialectPage(file: "docs/api.md").text
        for subject in subjects { #expect(text.contains("(dialects/\(subject.name).md)")) }
    }

    @Test("the routes of a page are those that the chat system serves")
    func routes() throws {
        for subject in subjects {
            let (documented, served) = (try subject.page.routes, try ServedRoutes.of(subject.name))
            #expect(served.count >= 9)
            #expect(Set(documented).subtracting(served) == [], "\(subject.name) serves no such route")
            #expect(served.subtracting(documented) == [], "docs/dialects/\(subject.name).md lacks routes")
            #expect(Set(documented).count == documented.count, "\(subject.name): a route is listed twice")
        }
    }

    @Test("the events of a page, and those of the description, are those in the sources of the chat system")
    func events() throws {
        for subject in subjects {
            let (page, sources) = (try subject.page, try SourceEvents(folder: subject.folder))
            for (heading, names) in [("Events from clients", sources.received), ("Events to clients", sources.sent)] {
                let documented = page.events(heading)
                #expect(names.count >= 2)
                #expect(Set(documented).subtracting(names) == [], "\(subject.name), \(heading): not in the sources")
                #expect(names.subtracting(documented) == [], "\(subject.name), \(heading): not on the page")
                #expect(Set(documented).count == documented.count, "\(subject.name), \(heading): listed twice")
                let sender: EventDescription.Sender = heading == "Events to clients" ? .service : .client
                let described = subject.module.socket.names(from: sender)
                #expect(Set(described).subtracting(names) == [], "\(subject.name): described, and not in the sources")
                #expect(names.subtracting(described) == [], "\(subject.name): not described")
                #expect(Set(described).count == described.count, "\(subject.name): described twice")
            }
        }
    }

    @Test("each limit of a page is the constant that it names, and no limit of the chat system is missing")
    func limits() throws {
        let sources = try SourceConstants(folder: "Sources")
        for subject in subjects {
            let limits = try subject.page.limits
            for limit in limits { try check(limit, of: subject.limits, sources, on: subject.name) }
            let named = Set(limits.map(\.constant))
            #expect(try sources.names(of: subject.limits).subtracting(named) == [], "\(subject.name) lacks limits")
        }
    }

    @Test("each limit that all chat systems have in common is the constant that docs/api.md names")
    func commonLimits() throws {
        let sources = try SourceConstants(folder: "Sources")
        let limits = try DialectPage(file: "docs/api.md").limits
        #expect(limits.count >= 10)
        for limit in limits { try check(limit, of: "", sources, on: "docs/api.md") }
    }

    @Test("links of a page lead to files, and to headings that they have")
    func links() throws {
        for subject in subjects {
            for match in try subject.page.text.matches(of: #/\]\(\.\./([\w-]+\.md)(?:#([\w-]+))?\)/#) {
                let target = try String(contentsOf: Project.file("docs/\(match.output.1)"), encoding: .utf8)
                guard let anchor = match.output.2 else { continue }
                let headings = target.matches(of: #/(?m)^#+ (.+)$/#).map {
                    $0.output.1.lowercased().replacing(" ", with: "-").replacing(":", with: "")
                }
                #expect(headings.contains(String(anchor)), "\(subject.name): \(match.output.0)")
            }
        }
    }

    @Test("a page names each setting of its chat system")
    func settings() throws {
        for subject in subjects {
            let text = try subject.page.text
            for setting in subject.module.settings { #expect(text.contains("`\(setting.variable)`")) }
            #expect(text.contains("`DARKROOM_ROOT_DIALECT"))
        }
    }

    /// Compares every number of a limit with the constant: `member` of the type with the limits, or `Type.member`.
    private func check(
        _ limit: (constant: String, numbers: [Double]), of type: String, _ sources: SourceConstants, on page: String
    ) throws {
        let parts = limit.constant.split(separator: ".", maxSplits: 1).map(String.init)
        let isQualified = parts.count > 1 && parts[0].first?.isUppercase == true
        let value =
            try isQualified
            ? sources.value(of: parts[1], in: parts[0]) : sources.value(of: limit.constant, in: type)
        let constant = try #require(value, "\(page): there is no constant \(limit.constant)")
        #expect(!limit.numbers.isEmpty, "\(page): \(limit.constant) has no number")
        for number in limit.numbers { #expect(number == constant, "\(page): \(limit.constant)") }
    }
}
