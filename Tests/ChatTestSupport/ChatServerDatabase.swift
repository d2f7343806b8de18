import Foundation
package import JSON
import TestPrograms

/// The chat server's own use of MongoDB, by its own driver. Values are MongoDB's extended JSON.
package final class ChatServerDatabase: Sendable {
    /// The drivers of chat servers.
    package enum Driver: Sendable, CaseIterable {
        /// Python's.
        case pymongo
        /// Node's, as Debian 12 packages it. It makes no validators.
        case nodeMongoDB

        /// Those of this system: later releases of Debian do not package Node's.
        package static var allCases: [Driver] {
            let isInstalled = FileManager.default.fileExists(atPath: "/usr/share/nodejs/mongodb")
            // A file that cannot be read is of another system.
            let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
            return isInstalled || release.contains("VERSION_ID=\"12\"") ? [.pymongo, .nodeMongoDB] : [.pymongo]
        }
    }

    private let script: Script

    /// - Throws: ``ProgramFailure`` where MongoDB, Python or Node is missing.
    package init(_ driver: Driver = .pymongo) throws {
        let uri = try MongoServer.uri
        switch driver {
        case .pymongo: script = try Script("Tests/ChatTestSupport/scripts/documents.py", [uri])
        case .nodeMongoDB: script = try Script(node: "Tests/ChatTestSupport/scripts/documents.js", [uri])
        }
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

    /// Deletes documents.
    package func delete(_ collection: String, _ filter: JSONValue) async throws {
        try await ask(["delete": .string(collection), "filter": filter])
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
