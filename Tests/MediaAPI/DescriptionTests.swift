import Foundation
import HTTPServer
import JSON
import TestPrograms
import Testing

@testable import Darkroom
@testable import MediaAPI

@Suite("Descriptions of the APIs")
struct DescriptionTests {
    /// What a described route is called in a document: `METHOD PATH`.
    private func name(_ method: String, _ path: String) -> String { method.uppercased() + " " + path }

    @Test("every route that is served is described, and nothing else")
    func routes() throws {
        let descriptions = try DescribedService.make().descriptions
        for api in descriptions.apis {
            let document = try #require(descriptions.document(api.name))
            let paths = try #require(document["paths"]?.objectValue)
            var listed: Set<String> = []
            for (path, item) in paths {
                for method in item.objectValue?.keys ?? [] { listed.insert(name(method, path)) }
            }
            var served: Set<String> = []
            for route in api.routes {
                let path = String(route.pattern.dropFirst(api.prefix.count))
                // Another spelling, with an empty segment, is an error or the same.
                guard let method = route.method, !path.isEmpty, !path.contains("//"),
                    path == "/" || !path.hasSuffix("/"),
                    // Pages for people.
                    !path.hasPrefix("/console"), path != "/openapi", !path.hasPrefix("/openapi/")
                else { continue }
                let template = path.split(separator: "/", omittingEmptySubsequences: false)
                    .map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
                served.insert(name(method.rawValue, template))
            }
            #expect(listed.count > 10)
            #expect(served.subtracting(listed) == [], "\(api.name): not described")
            #expect(listed.subtracting(served) == [], "\(api.name): not served")
        }
    }

    @Test("each description has a name of its own, the parameters of its path, and no reference to nothing")
    func documents() throws {
        let descriptions = try DescribedService.make().descriptions
        for name in descriptions.apis.map(\.name) {
            let document = try #require(descriptions.document(name))
            var names: [String] = []
            for (path, item) in document["paths"]?.objectValue ?? [:] {
                let expected = Set(path.matches(of: #/\{(\w+)\}/#).map { String($0.output.1) })
                for (method, operation) in item.objectValue ?? [:] {
                    names.append(operation["operationId"]?.stringValue ?? "")
                    let parameters = (operation["parameters"]?.arrayValue ?? []).filter { $0["in"] == "path" }
                    #expect(Set(parameters.compactMap { $0["name"]?.stringValue }) == expected, "\(method) \(path)")
                    let statuses = operation["responses"]?.objectValue?.keys ?? []
                    #expect(statuses.contains { $0 < "4" }, "\(method) \(path)")
                }
            }
            #expect(Set(names).count == names.count, "\(name): \(names.sorted())")
            let text = String(decoding: document.encoded(), as: UTF8.self)
            let references = text.matches(of: #/"\$ref":"#/components/schemas/(\w+)"/#).map { String($0.output.1) }
            let schemas = Set(document["components"]?["schemas"]?.objectValue?.keys ?? [])
            #expect(Set(references) == schemas, "\(name)")
        }
    }

    @Test("each code of an error has one meaning")
    func meanings() throws {
        let codes = APIError.meanings.map(\.code.rawValue)
        #expect(Set(codes).count == codes.count)
        let source = try String(contentsOf: Project.file("Sources/MediaAPI/Errors/APIError.swift"), encoding: .utf8)
        let declared = source.matches(of: #/Code\(rawValue: "(\w+)"\)/#).map { String($0.output.1) }
        #expect(declared.count > 15 && Set(declared) == Set(codes))
    }

    @Test("docs/errors.md is the list that the program prints")
    func page() throws {
        #expect(try String(contentsOf: Project.file("docs/errors.md"), encoding: .utf8) == ErrorList.markdown)
    }
}
