import HTTPServer
import OpenAPI

extension ObjectRoutes {
    /// Describes what the subtree of objects does.
    static func describe(on routes: inout Routes) {
        let pattern = prefix + "/:key"
        let key = Parameter.path("key", .string, "The key of the object, with its slashes.")
        routes.describe(
            .get, pattern,
            RouteDescription(
                "object", "Objects", "A stored file, by its signed URL",
                details: "Ranges (RFC 9110 section 14) and conditions (section 13) are supported.", parameters: [key],
                responses: [
                    ResponseContent(200, "The file.", .file, type: "*/*"),
                    ResponseContent(206, "The ranges of the file.", .file, type: "*/*"),
                    ResponseContent(304, "The file is what the client has."),
                    ResponseContent(416, "The file has no such range."),
                ]
            ).failing(with: .forbidden, .notFound, .badRequest))
        routes.describe(
            .put, pattern,
            RouteDescription(
                "writeObject", "Objects", "Writes a file, by its signed URL", parameters: [key],
                body: .bytes("application/octet-stream"),
                responses: [ResponseContent(200, "The file is written.", headers: ["ETag": .string])]
            ).failing(with: .forbidden, .notFound, .lengthRequired, .storeFull))
    }
}
