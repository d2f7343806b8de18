import ChatBridge
import HTTPServer
import JSON
import MediaModel
import OpenAPI

/// The native API of renditions. It requires a service token.
struct RenditionRoutes: Sendable {
    let catalogue: any MediaRepository
    let requests: RenditionRequests
    let authenticator: Authenticator
    /// A medium in the form of the native API.
    let json: @Sendable (MediaItem) async throws -> JSONValue

    func mount(on routes: inout Routes) {
        routes.onService(.post, "/v1/media/:id/renditions", authenticator, .addRenditions) { request, path, _ in
            let id = path["id"] ?? ""
            guard let media = try await catalogue.media(id) else { throw APIError.notFound }
            let profiles = try Self.profiles(try await request.json(), for: media.record.kind)
            guard try await requests.request(profiles, of: media.record),
                let changed = try await catalogue.media(id)
            else { throw APIError.notFound }
            return .json(try await json(changed), status: .accepted)
        }
    }

    private static func profiles(_ body: JSONValue, for kind: MediaKind) throws -> [RenditionProfile] {
        let names = RenditionProfile.allCases.map(\.rawValue).joined(separator: ", ")
        let fields = try JobFields(body, known: ["renditions"])
        guard let texts = try fields.list("renditions", atMost: RenditionProfile.allCases.count) else {
            throw APIError.invalid("renditions", "is a list of \(names)")
        }
        let profiles = texts.compactMap(RenditionProfile.init(rawValue:))
        guard profiles.count == texts.count else { throw APIError.invalid("renditions", "is a list of \(names)") }
        guard profiles.allSatisfy({ $0.kind == kind }) else {
            throw APIError.invalid("renditions", "names one that media of the kind \(kind.rawValue) do not have")
        }
        return profiles
    }
}

extension RouteDescription {
    static let addRenditions = RouteDescription(
        "addRenditions", "Media", "Asks for renditions of a medium: versions that other players can play",
        details: """
            Each is made by a job, and then shown by the medium and sent as `media.derivative.ready`. Those that are pending or \
            were made are not made again; those that failed or were cancelled are.
            """,
        parameters: [.path("id", .string, "The medium's ID.")],
        body: .json(
            Schema.object([
                .required(
                    "renditions",
                    Schema.array(
                        of: .oneOf(RenditionProfile.allCases.map(\.rawValue)), 1...RenditionProfile.allCases.count),
                    "Which; `video:` of videos, `voice:` of sounds.")
            ]).closed),
        responses: [ResponseContent(202, "The medium.", mediumSchema)])
}
