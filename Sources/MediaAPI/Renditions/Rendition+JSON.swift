import JSON
import MediaModel
import OpenAPI

extension Rendition {
    /// The rendition in the form of the native API.
    /// - Parameters:
    ///   - record: the record of the original.
    ///   - urls: makes the URL of an object.
    /// - Throws: errors of the object store, which signs the URLs.
    func json(
        of record: MediaRecord, urls: @Sendable (String) async throws -> String
    ) async throws -> JSONValue {
        let isOriginal = status == .original
        let object = isOriginal ? record.key : key
        var url: String?
        if let object { url = try await urls(object) }
        let size = isOriginal ? record.dimensions : dimensions
        return [
            "name": .string(profile.rawValue), "status": .string(status.rawValue), "job": JSONValue(job),
            "url": JSONValue(url),
            "mimeType": .string(isOriginal ? record.mimeType : profile.format.mimeType(profile.kind)),
            "fileSize": JSONValue(isOriginal ? record.fileSize : fileSize),
            "duration": JSONValue(isOriginal ? record.duration : duration),
            "dimensions": size.map { ["width": .integer($0.width), "height": .integer($0.height)] } ?? .null,
            "failure": JSONValue(failure),
        ]
    }

    /// How ``json(of:urls:)`` looks.
    static let schema = Schema.object([
        .required("name", .oneOf(RenditionProfile.allCases.map(\.rawValue))),
        .required("status", .oneOf(Status.allCases.map(\.rawValue)), "`original`: the file itself can be played."),
        .required("job", Schema.string.nullable, "The job that makes it, or has made it."),
        .required("url", Schema.url.nullable), .required("mimeType", .string),
        .required("fileSize", Schema.integer.nullable, "In bytes."),
        .required("duration", Schema.number.nullable, "In seconds."),
        .required(
            "dimensions",
            Schema.object([.required("width", .integer), .required("height", .integer)]).nullable, "In pixels."),
        .required("failure", Schema.string.nullable, "Why it cannot be made: the code of an error."),
    ]).named("Rendition")
}
