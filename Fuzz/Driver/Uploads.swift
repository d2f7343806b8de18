import Bytes
import Foundation
import HTTPClient
import Mutation

/// The result of one upload.
struct Outcome: Sendable {
    let index: Int
    /// The route, the status and the code.
    let result: String
    let milliseconds: Double
    /// Faults of the service or the library.
    let failure: String?
}

/// Uploads mutants as forms to the routes that accept files, and deletes accepted ones.
struct Uploads: Sendable {
    let client: HTTPClient
    let base: String
    let token: String
    let seed: UInt64
    let corpus: Corpus

    private struct Route {
        let name: String
        let path: String
        let field: String
        let fields: [String: String]
        /// The path that deletes the file with that identifier.
        let deletion: @Sendable (String) -> String
    }

    private static let boundary = "darkroom-fuzz-boundary"
    private static let routes = [
        Route(name: "media", path: "/v1/media", field: "file", fields: [:], deletion: { "/v1/media/\($0)" }),
        message("video"), message("voice"),
    ]

    private static func message(_ kind: String) -> Route {
        Route(
            name: kind, path: "/bananatalk/api/v1/messages/\(kind)", field: kind, fields: ["receiver": "bob"],
            deletion: { "/bananatalk/api/v1/messages/\($0)?forAll=true" })
    }

    func send(_ index: Int) async -> Outcome {
        let mutant = Mutant(seed: seed, index: index, corpus: corpus)
        let route = Self.routes[index % Self.routes.count]
        // One form in eight is itself malformed.
        let form = Self.form(route, mutant.bytes)
        let body = index % 8 == 7 ? Mutant(seed: seed, index: index, of: form).bytes : form
        let began = ContinuousClock.now
        do throws(HTTPClientError) {
            let answer = try await client.execute(
                request("POST", route.path, user: "user-\(index)", body: body))
            let time = (ContinuousClock.now - began) / .milliseconds(1)
            let failure =
                answer.status == 201 ? try await delete(answer, route, user: "user-\(index)") : complaint(answer)
            return Outcome(
                index: index, result: "\(route.name) \(answer.status) \(Self.code(answer))", milliseconds: time,
                failure: failure)
        } catch {
            return Outcome(index: index, result: "no answer", milliseconds: 0, failure: "\(error)")
        }
    }

    private func complaint(_ answer: HTTPClientResponse) -> String? {
        guard (400..<500).contains(answer.status) else { return "answered \(answer.status)" }
        return Self.json(answer) == nil ? "answered \(answer.status) without JSON" : nil
    }

    private func delete(
        _ answer: HTTPClientResponse, _ route: Route, user: String
    ) async throws(HTTPClientError) -> String? {
        let body = Self.json(answer)
        let message = body?["data"] as? [String: Any]
        guard let id = (body?["id"] ?? message?["_id"]) as? String else { return "was accepted without an identifier" }
        let deletion = try await client.execute(request("DELETE", route.deletion(id), user: user, body: nil))
        return (200..<300).contains(deletion.status) ? nil : "could not be deleted: \(deletion.status)"
    }

    private func request(_ method: String, _ path: String, user: String, body: [UInt8]?) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            method, base + path, headers: ["Authorization": "Bearer \(token)", "X-On-Behalf-Of": user])
        request.timeouts.stall = .seconds(120)
        if let body {
            request.headers.append("Content-Type", "multipart/form-data; boundary=\(Self.boundary)")
            request.body = .chunks([ByteChunk(body)])
        }
        return request
    }

    private static func form(_ route: Route, _ file: [UInt8]) -> [UInt8] {
        let fields = route.fields.map { name, value in
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(route.field)\"; filename=\"mutant\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
        return Array((fields.joined() + head).utf8) + file + Array("\r\n--\(boundary)--\r\n".utf8)
    }

    private static func json(_ answer: HTTPClientResponse) -> [String: Any]? {
        try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
    }

    /// The native API's error code, or the kind of the accepted file; a dialect has neither.
    private static func code(_ answer: HTTPClientResponse) -> String {
        let body = json(answer)
        return (body?["code"] ?? body?["kind"]) as? String ?? ""
    }
}
