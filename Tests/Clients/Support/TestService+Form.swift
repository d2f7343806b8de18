import Foundation
import TestPrograms
import Testing

/// A part of a form.
enum FormPart {
    case text(String)
    case file(URL)
}

extension TestService {
    /// Sends a form with its parts in this order.
    func post(
        _ path: String, token: String?, headers: [String: String] = [:], form: [(String, FormPart)]
    ) async throws -> Answer {
        var arguments = ["POST", base + path]
        if let token { arguments += ["--header", "Authorization: Bearer \(token)"] }
        for (name, value) in headers { arguments += ["--header", "\(name): \(value)"] }
        for (name, part) in form {
            switch part {
            case .text(let text): arguments += ["--part", name, text]
            case .file(let file): arguments += ["--part", name, "@" + file.path]
            }
        }
        return try Answer(try await Python.run("call.py", arguments))
    }

    /// Sends a URL-encoded form with its fields in this order.
    func postEncoded(_ path: String, token: String?, _ fields: [(String, String)]) async throws -> Answer {
        var arguments = ["POST", base + path]
        if let token { arguments += ["--header", "Authorization: Bearer \(token)"] }
        for (name, value) in fields { arguments += ["--encoded", name, value] }
        return try Answer(try await Python.run("call.py", arguments))
    }

    /// Provisions a conversation and its members, as the chat server does.
    func putConversation(
        _ id: String, dialect: String, members: [String], settings: String? = nil
    ) async throws {
        let list = members.map { "\"\($0)\"" }.joined(separator: ",")
        let more = settings.map { ",\"settings\":\($0)" } ?? ""
        let response = try await call(
            "PUT", "/v1/conversations/\(id)", token: try serviceToken(),
            json: "{\"dialect\":\"\(dialect)\",\"members\":[\(list)]\(more)}")
        try #require([200, 201].contains(response.status), "\(response.body)")
    }
}

extension Answer {
    /// What `call.py` printed.
    init(_ finished: Finished) throws {
        try #require(finished.status == 0, "\(finished.errors)")
        let response = try #require(try finished.json() as? [String: Any])
        self.init(
            status: try #require(response["status"] as? Int), headers: response["headers"] as? [String: String] ?? [:],
            body: response["body"] as? [String: Any] ?? [:], size: response["size"] as? Int ?? 0)
    }
}
