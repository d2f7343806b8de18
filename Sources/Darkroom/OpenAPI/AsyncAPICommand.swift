import ChatBridge
import JSON
import MediaAPI

/// `darkroom asyncapi`: prints the description of the events of an API.
enum AsyncAPICommand: Command {
    static let name = "asyncapi"
    static let summary = "print the description of the events of an API (AsyncAPI 3.0)"
    static let usage = "[native|DIALECT]"
    static let options: [Arguments.Option] = []
    static var notes: String {
        """
        Without a name it prints that of the webhooks; dialects: \
        \(DialectModules.all.map { $0.dialect.rawValue }.joined(separator: ", ")). A running service has the same at /asyncapi.json \
        and /DIALECT/asyncapi.json.
        """
    }

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.count <= 1 else { throw UsageError("unexpected word '\(arguments.operands[1])'") }
        let name = arguments.operands.first ?? ServiceDescriptions.native
        let descriptions = EventDescriptions(
            dialects: DialectModules.all, publicURL: DescribedService.publicURL, version: ProgramVersion.current)
        guard let document = descriptions.document(name) else {
            throw UsageError("there is no description of the events of an API '\(name)'")
        }
        print(String(decoding: document.encoded(), as: UTF8.self))
        return .success
    }
}
