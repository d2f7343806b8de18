import ChatBridge
package import HTTPServer
package import JSON

extension HTTPResponse {
    /// An answer in JSON.
    package static func json(_ value: JSONValue, status: HTTPStatus = .ok, headers: HTTPFields = [:]) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: headers, contentType: "application/json; charset=utf-8", value.encoded())
    }
}

extension HTTPRequest {
    /// The most bytes of a body in JSON.
    static let maximumJSONBytes = 256 << 10

    /// The body as JSON.
    package func json() async throws -> JSONValue { try parsed(try await body.collect(upTo: Self.maximumJSONBytes)) }

    /// The body as JSON; an empty object where there is none.
    package func optionalJSON() async throws -> JSONValue {
        let bytes = try await body.collect(upTo: Self.maximumJSONBytes)
        return bytes.isEmpty ? .object([:]) : try parsed(bytes)
    }

    private func parsed(_ bytes: [UInt8]) throws -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw APIError(code: .badRequest, message: "The body is not valid JSON", cause: error)
        }
    }

    /// The media type of the body, in lower case and without its parameters.
    package var mediaType: String {
        (headers["Content-Type"] ?? "").prefix { $0 != ";" }.trimmingPrefix(while: \.isWhitespace).lowercased()
            .replacing(" ", with: "")
    }

    /// The whole number that the query gives for `name`; `nil` where it gives none.
    package func queryInteger(_ name: String) throws -> Int? {
        guard let text = queryParameter(name), !text.isEmpty else { return nil }
        guard let number = Int(text) else { throw APIError.invalid(name, "is not a whole number") }
        return number
    }
}
