import ChatBridge
import Foundation
import HTTPServer
import JSON
import Jobs

/// Routes for the chat server to provision users, conversations and their members. Repeated calls have no further
/// effect.
struct DirectoryRoutes: Sendable {
    let directory: any ChatDirectory
    let dialects: [any DialectModule.Type]
    let authenticator: Authenticator
    /// Deletes users with their media.
    let jobs: JobService
    let wakeOrphanDeleter: WakeSignal
    let disconnector: UserDisconnector
    let now: @Sendable () -> Date

    func mount(on routes: inout Routes) {
        routes.onService(.put, "/v1/users/:id", authenticator, .putUser) { request, path, _ in
            let user = try ChatUser(id: path.checkedID(), try await request.json())
            let isNew = try await directory.user(user.id) == nil
            try await directory.upsert(user)
            return .json(user.json, status: isNew ? .created : .ok)
        }
        routes.onService(.delete, "/v1/users/:id", authenticator, .deleteUser) { request, path, _ in
            let user = try path.checkedID()
            let job = try await openJob(erasing: user, request)
            let emptied = Set(dialects.filter { $0.deletesEmptyGroups }.map { $0.dialect })
            let isKnown = try await directory.deleteUser(user, deletingEmptyGroupsOf: emptied)
            // Media may belong to a user who was not provisioned.
            guard isKnown || job != nil else { throw APIError.notFound }
            wakeOrphanDeleter.wake()
            disconnector.disconnect(user)
            guard let job else { return HTTPResponse(status: .noContent) }
            return .json(job.json, status: .accepted, headers: ["Location": "/v1/jobs/\(job.id)"])
        }
        routes.onService(.put, "/v1/conversations/:id", authenticator, .putConversation(of: dialects)) {
            request, path, _ in
            let body = try await request.json()
            let given = try Conversation(id: path.checkedID(), body, dialects: dialects, createdAt: now())
            // Without `settings` in the body, the existing ones are kept: they may contain values of the dialect.
            let (conversation, isNew) = try await directory.provision(given, keepsSettings: body["settings"] == nil)
            return .json(conversation.json, status: isNew ? .created : .ok)
        }
        routes.onService(.delete, "/v1/conversations/:id", authenticator, .deleteConversation) { request, path, _ in
            try await deleteConversation(path.checkedID(), dialect: request.queryParameter("dialect"))
        }
    }

    /// The job that deletes what is stored for a user, where the request asks for that. It is there before the user is deleted, and deletes
    /// them as well, so that a crash in between leaves nothing half done.
    private func openJob(erasing user: String, _ request: HTTPRequest) async throws -> MediaJob? {
        switch request.queryParameter("media") {
        case nil, "keep": return nil
        case "delete":
            guard let job = try await jobs.openErasure(of: user) else {
                throw APIError(code: .busy, message: "Too many jobs wait; try again when one has ended")
            }
            return job
        default: throw APIError.invalid("media", "is keep or delete")
        }
    }

    /// Deletes the conversation with the ID `id` in `dialect`, or, without one, in the only dialect that has it.
    private func deleteConversation(_ id: String, dialect: String?) async throws -> HTTPResponse {
        var found: [Dialect] = []
        for candidate in dialects.map({ $0.dialect }) where dialect == nil || candidate.rawValue == dialect {
            if try await directory.conversation(id, in: candidate) != nil { found.append(candidate) }
        }
        guard found.count <= 1 else {
            let names = found.map(\.rawValue).joined(separator: ", ")
            throw APIError.invalid("dialect", "names which conversation to delete: \(names) have one of this id")
        }
        guard let owner = found.first, try await directory.deleteConversation(id, in: owner) else {
            throw APIError.notFound
        }
        wakeOrphanDeleter.wake()
        return HTTPResponse(status: .noContent)
    }
}

extension PathParameters {
    fileprivate func checkedID() throws(APIError) -> String {
        guard let id = self["id"], ChatIdentifier.isValid(id) else { throw APIError.invalid("id", "is no id") }
        return id
    }
}

extension ChatUser {
    static let maximumImages = 64
    static let maximumTextBytes = 2048
    static let maximumDetailBytes = 4096

    /// Attributes of users that are allowed at the top level of the body as well as in `details`.
    static let detailNames = [
        "username", "displayName", "email", "preferredLanguage", "preferredCountry", "createdAt",
    ]

    /// The user in a body `{name, images, userType, details?}`.
    /// - Throws: ``APIError`` `invalidField` for the first field that is not valid.
    fileprivate init(id: String, _ body: JSONValue) throws(APIError) {
        guard body.objectValue != nil else { throw APIError.invalid("body", "is an object {name, images, userType}") }
        let name = try body.text("name", maximumBytes: Self.maximumTextBytes)
        var images: [String] = []
        if let given = body["images"], !given.isNull {
            guard let list = given.arrayValue, list.count <= Self.maximumImages else {
                throw APIError.invalid("images", "is a list of at most \(Self.maximumImages) addresses")
            }
            for element in list {
                guard let address = element.stringValue, address.utf8.count <= Self.maximumTextBytes else {
                    throw APIError.invalid("images", "is a list of addresses")
                }
                images.append(address)
            }
        }
        let userType = try body.text("userType", maximumBytes: 64).map(UserType.init(rawValue:)) ?? .regular
        let details = try Self.details(of: body)
        for field in Self.detailNames { _ = try details.text(field, maximumBytes: Self.maximumTextBytes) }
        if let createdAt = try details.text("createdAt", maximumBytes: 64), Timestamp.date(createdAt) == nil {
            throw APIError.invalid("details.createdAt", "is a moment such as 2026-11-01T10:00:00Z (RFC 3339)")
        }
        self.init(id: id, name: name, images: images, userType: userType, details: details)
    }

    /// `details`, merged with the detail attributes at the top level of the body.
    private static func details(of body: JSONValue) throws(APIError) -> JSONValue {
        let given = body["details"].flatMap { $0.isNull ? nil : $0 } ?? .object([:])
        guard var details = given.objectValue else { throw APIError.invalid("details", "is an object") }
        for name in detailNames {
            guard let value = body[name], !value.isNull else { continue }
            guard details[name].map({ $0 == value }) ?? true else {
                throw APIError.invalid(name, "is something else in `details`: give it once")
            }
            details[name] = value
        }
        let value = JSONValue.object(details)
        guard value.encoded().count <= maximumDetailBytes else {
            throw APIError.invalid("details", "has at most \(maximumDetailBytes) bytes")
        }
        return value
    }

    fileprivate var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "images": .array(images.map(JSONValue.string)),
            "userType": .string(userType.rawValue), "details": details,
        ]
    }
}

extension Conversation {
    static let maximumMembers = 10_000

    /// The conversation in a body `{dialect, members, name?, settings?}`.
    /// - Throws: ``APIError`` `invalidField` for the first field that is not valid.
    fileprivate init(id: String, _ body: JSONValue, dialects: [any DialectModule.Type], createdAt: Date)
        throws(APIError)
    {
        let name = body["dialect"]?.stringValue
        guard let module = dialects.first(where: { $0.dialect.rawValue == name }) else {
            let names = dialects.map { $0.dialect.rawValue }.joined(separator: ", ")
            throw APIError.invalid("dialect", "is one that is served here: \(names)")
        }
        guard let list = body["members"]?.arrayValue, (1...Self.maximumMembers).contains(list.count) else {
            throw APIError.invalid("members", "is a list of 1 to \(Self.maximumMembers) users' ids")
        }
        var members: Set<String> = []
        for element in list {
            guard let member = element.stringValue, ChatIdentifier.isValid(member) else {
                throw APIError.invalid("members", "is a list of users' ids")
            }
            members.insert(member)
        }
        let settings = body["settings"] ?? .object([:])
        guard settings.objectValue != nil else { throw APIError.invalid("settings", "is an object") }
        let title = try body.text("name", maximumBytes: 1024)
        self.init(
            id: id, dialect: module.dialect, members: members,
            isDirect: module.directConversations.isDirect(named: title), name: title, settings: settings,
            createdAt: createdAt)
    }

    fileprivate var json: JSONValue {
        [
            "id": .string(id), "dialect": .string(dialect.rawValue),
            "members": .array(members.sorted().map(JSONValue.string)), "name": JSONValue(name), "settings": settings,
        ]
    }
}

extension JSONValue {
    /// The string under `name`; `nil` when it is missing or null.
    /// - Throws: ``APIError`` `invalidField` when it is not a string or too long.
    fileprivate func text(_ name: String, maximumBytes: Int) throws(APIError) -> String? {
        guard let value = self[name], !value.isNull else { return nil }
        guard let text = value.stringValue, text.utf8.count <= maximumBytes else {
            throw APIError.invalid(name, "is a text of at most \(maximumBytes) bytes")
        }
        return text
    }
}
