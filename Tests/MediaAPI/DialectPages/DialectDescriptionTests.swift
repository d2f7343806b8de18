import ChatBridge
import JSON
import MediaAPI
import Testing

@testable import Darkroom

@Suite("Descriptions of the chat systems")
struct DialectDescriptionTests {
    private let described = DialectModules.all

    @Test("each route of a chat system stands in its description, except other spellings of one, and no other does")
    func routes() throws {
        let service = try DescribedService.make()
        #expect(!described.isEmpty)
        for module in described {
            let name = module.dialect.rawValue
            let document = try #require(service.descriptions.document(name))
            var operations: Set<String> = []
            for (path, methods) in document["paths"]?.objectValue ?? [:] {
                for method in methods.objectValue?.keys ?? [] { operations.insert(method.uppercased() + " " + path) }
            }
            var registered: Set<String> = ["GET /openapi.json"]
            for route in try ServedRoutes.of(name) where !route.hasPrefix("any ") {
                registered.insert(
                    route.replacing(#//:([^/]+)/#) { "/{\($0.output.1)}" })
            }
            #expect(registered.subtracting(operations) == [], "\(name) has routes that are not described")
            #expect(operations.subtracting(registered) == [], "\(name) has no such routes")
        }
    }

    @Test("no two operations of a description have one name, and the parameters of a path are described")
    func names() throws {
        let service = try DescribedService.make()
        for module in described {
            let document = try #require(service.descriptions.document(module.dialect.rawValue))
            var names: Set<String> = []
            for (path, methods) in document["paths"]?.objectValue ?? [:] {
                for operation in methods.objectValue?.values.map({ $0 }) ?? [] {
                    let id = try #require(operation["operationId"]?.stringValue)
                    #expect(names.insert(id).inserted, "\(module.dialect.rawValue): \(id) is there twice")
                    let parameters = (operation["parameters"]?.arrayValue ?? []).filter { $0["in"] == "path" }
                        .compactMap { $0["name"]?.stringValue }
                    let inPath = path.matches(of: #/{([^}]+)}/#).map { String($0.output.1) }
                    #expect(parameters == inPath, "\(module.dialect.rawValue): \(id)")
                }
            }
        }
    }

    @Test("errors are described as the chat system's own envelope")
    func errors() throws {
        let service = try DescribedService.make()
        for module in described {
            let document = try #require(service.descriptions.document(module.dialect.rawValue))
            let operations = (document["paths"]?.objectValue ?? [:]).values.flatMap {
                $0.objectValue?.values.map { $0 } ?? []
            }
            for operation in operations {
                let error = operation["responses"]?["500"]?["content"]?.objectValue?.values.first?["schema"]
                #expect(error?["$ref"] != nil, "\(module.dialect.rawValue): \(operation["operationId"] ?? .null)")
                #expect(error?["$ref"] != "#/components/schemas/Problem")
            }
        }
    }
}
