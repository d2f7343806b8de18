import Foundation
package import JSON
import TestPrograms

/// The chat server's own use of MongoDB, by its own driver (pymongo). Values are MongoDB's extended JSON.
package final class ChatServerDatabase: Sendable {
    private let script: Script

    /// - Throws: ``ProgramFailure`` where MongoDB or Python is missing.
    package init() throws {
        script = try Script("Tests/ChatTestSupport/scripts/documents.py", [try MongoServer.uri])
    }

    /// Makes a collection accept only documents of that `$jsonSchema`.
    package func validate(_ collection: String, _ schema: JSONValue) async throws {
        try await ask(["validate": .string(collection), "schema": schema])
    }

    /// Inserts documents.
    package func insert(_ documents: [JSONValue], into collection: String) async throws {
        try await ask(["insert": .string(collection), "documents": .array(documents)])
    }

    /// Updates documents.
    package func update(_ collection: String, _ filter: JSONValue, _ update: JSONValue) async throws {
        try await ask(["update": .string(collection), "filter": filter, "with": update])
    }

    /// The documents that `filter` selects, in the order of their identifiers.
    package func find(_ collection: String, _ filter: JSONValue = [:]) async throws -> [JSONValue] {
        try await ask(["find": .string(collection), "filter": filter])["documents"]?.arrayValue ?? []
    }

    @discardableResult
    private func ask(_ command: JSONValue) async throws -> JSONValue {
        try script.say(Data(command.encoded()))
        let response = try JSONValue(
            parsing: String(decoding: try await script.line(), as: UTF8.self), limits: JSONLimits())
        if let error = response["error"]?.stringValue { throw ProgramFailure(error) }
        return response
    }
}
