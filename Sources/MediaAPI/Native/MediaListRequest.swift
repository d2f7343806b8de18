import Bytes
import ChatBridge
import Foundation
import HTTPServer
import JSON
import MediaModel
import ObjectStore
import OpenAPI

/// A page of the list of media, as the query of `GET /v1/media` asks for it.
struct MediaListRequest {
    static let limit = IntegerParameter("limit", in: 1...100, default: 20, "How many media are listed.")

    let filter: MediaFilter
    /// The end of the page before.
    let position: MediaPosition?
    let limit: Int

    /// The page in `owner?`, `kind?`, `dialect?`, `since?`, `before?`, `after?` and `limit?`.
    /// - Throws: ``APIError`` `invalidField` for the first that is not valid.
    init(_ request: HTTPRequest) throws {
        try self.init(request, isPosition: ChatIdentifier.isValid)
    }

    /// A page of the files of a user, whose positions have keys.
    /// - Throws: ``APIError`` `invalidField` for the first parameter that is not valid.
    init(ofFiles request: HTTPRequest) throws {
        try self.init(request) { ObjectKey(validating: $0) != nil }
    }

    private init(_ request: HTTPRequest, isPosition: (String) -> Bool) throws {
        var filter = MediaFilter()
        if let owner = request.queryParameter("owner") {
            guard ChatIdentifier.isValid(owner) else { throw APIError.invalid("owner", "is no user's id") }
            filter.owner = owner
        }
        if let name = request.queryParameter("kind") {
            guard let kind = MediaKind(rawValue: name) else {
                throw APIError.invalid("kind", "is video, audio, image or document")
            }
            filter.kind = kind
        }
        if let name = request.queryParameter("dialect") {
            guard ChatIdentifier.isValid(name) else {
                throw APIError.invalid("dialect", "is a chat system, or native for the native API")
            }
            filter.dialect = Dialect(rawValue: name)
        }
        filter.since = try Self.date("since", request)
        filter.before = try Self.date("before", request)
        self.filter = filter
        position = try request.queryParameter("after").map { text in
            guard let position = MediaPosition(token: text), isPosition(position.id) else {
                throw APIError.invalid("after", "is the moreAfter of the page before")
            }
            return position
        }
        limit = try request.value(of: Self.limit)
    }

    private static func date(_ name: String, _ request: HTTPRequest) throws(APIError) -> Date? {
        guard let text = request.queryParameter(name) else { return nil }
        guard let date = Timestamp.date(text) else {
            throw .invalid(name, "is a moment such as 2026-11-01T10:00:00Z")
        }
        return date
    }
}

extension MediaPosition {
    /// The position as clients pass it from one page to the next: milliseconds since 1970, a full stop, and the ID.
    var token: String { "\(createdAt.milliseconds).\(id)" }

    fileprivate init?(token: String) {
        let parts = token.split(separator: ".", maxSplits: 1)
        // Further away there is no date that a store keeps.
        guard parts.count == 2, let milliseconds = Int(parts[0]), (-1 << 50...1 << 50).contains(milliseconds)
        else { return nil }
        self.init(createdAt: Date(milliseconds: milliseconds), id: String(parts[1]))
    }
}

extension NativeMediaRoutes {
    /// Answers `GET /v1/media`: `{media: […], moreAfter}`, the newest first.
    func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let page = try MediaListRequest(request)
        let media = try await catalogue.media(matching: page.filter, after: page.position, limit: page.limit)
        var list: [JSONValue] = []
        for item in media { list.append(try await json(item)) }
        let last = media.count == page.limit ? media.last : nil
        return .json([
            "media": .array(list),
            "moreAfter": JSONValue(last.map { MediaPosition(createdAt: $0.createdAt, id: $0.id).token }),
        ])
    }
}
