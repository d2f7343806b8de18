import ChatBridge
import HTTPServer
import JSON
import MediaModel

/// The files of users, and how much they have stored. It requires a service token.
struct UserFileRoutes: Sendable {
    let store: any UserFileStore
    let authenticator: Authenticator
    /// Makes the URL of an object from its key.
    let urls: @Sendable (String) async throws -> String

    func mount(on routes: inout Routes) {
        routes.onService(.get, "/v1/users/:id/media", authenticator, .userFiles) { request, path, _ in
            guard let user = path["id"], ChatIdentifier.isValid(user) else { throw APIError.invalid("id", "is no id") }
            return try await list(of: user, try MediaListRequest(ofFiles: request))
        }
    }

    /// `{usage: {items, bytes}, files: […], moreAfter}`, the newest first.
    private func list(of user: String, _ page: MediaListRequest) async throws -> HTTPResponse {
        let usage = try await store.mediaUsage(of: user)
        let files = try await store.userFiles(
            of: user, matching: page.filter, after: page.position, limit: page.limit)
        var list: [JSONValue] = []
        for file in files { list.append(try await json(file)) }
        let last = files.count == page.limit ? files.last : nil
        return .json([
            "usage": ["items": .integer(usage.items), "bytes": .integer(usage.bytes)], "files": .array(list),
            "moreAfter": JSONValue(last.map { MediaPosition(createdAt: $0.createdAt, id: $0.key).token }),
        ])
    }

    private func json(_ file: UserFile) async throws -> JSONValue {
        [
            "key": .string(file.key), "kind": .string(file.kind.rawValue), "dialect": JSONValue(file.dialect?.rawValue),
            "fileSize": .integer(file.bytes), "url": .string(try await urls(file.key)), "uses": .integer(file.uses),
            "createdAt": .string(Timestamp.milliseconds(file.createdAt)),
        ]
    }
}
