import ChatBridge
import Foundation
import JSON
import MediaAPI

/// `darkroom openapi`: prints the description of an API.
enum OpenAPICommand: Command {
    static let name = "openapi"
    static let summary = "print the description of an API (OpenAPI 3.1)"
    static let usage = "[native|DIALECT|errors]"
    private static let errors = "errors"
    static let options: [Arguments.Option] = []
    static var notes: String {
        let names = DialectModules.all.map { $0.dialect.rawValue }.joined(separator: ", ")
        return """
            Without a name it prints that of the native API. DIALECT is one of \(names). A running service has the same at \
            /openapi.json and /DIALECT/openapi.json. With "errors" it prints docs/errors.md.
            """
    }

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.count <= 1 else { throw UsageError("unexpected word '\(arguments.operands[1])'") }
        let name = arguments.operands.first ?? ServiceDescriptions.native
        if name == errors {
            print(ErrorList.markdown, terminator: "")
            return .success
        }
        guard let document = try DescribedService.make().descriptions.document(name) else {
            throw UsageError("there is no description of an API '\(name)'")
        }
        print(String(decoding: document.encoded(), as: UTF8.self))
        return .success
    }
}
