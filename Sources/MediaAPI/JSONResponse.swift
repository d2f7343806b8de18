import ChatBridge
package import HTTPServer
package import JSON
package import OpenAPI

extension HTTPResponse {
    /// A response with a JSON body.
    package static func json(_ value: JSONValue, status: HTTPStatus = .ok, headers: HTTPFields = [:]) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: headers, contentType: "application/json; charset=utf-8", value.encoded())
    }
}

extension HTTPRequest {
    /// The maximum size of a JSON body, in bytes.
    static let maximumJSONBytes = 256 << 10

    /// The body as JSON.
    /// - Throws: ``APIError`` `badRequest` when it is not valid JSON, `RequestBodyError` when it cannot be read.
    package func json() async throws -> JSONValue { try parsed(try await body.collect(upTo: Self.maximumJSONBytes)) }

    /// The body, which is a JSON object; an empty one when there is no body.
    /// - Throws: ``APIError`` `badRequest` when it is no valid JSON object, `RequestBodyError` when it cannot be read.
    package func optionalJSON() async throws -> JSONValue {
        let bytes = try await body.collect(upTo: Self.maximumJSONBytes)
        guard !bytes.isEmpty else { return .object([:]) }
        let value = try parsed(bytes)
        guard value.objectValue != nil else {
            throw APIError(code: .badRequest, message: "The body is not a JSON object")
        }
        return value
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

    /// The integer query parameter `name`; `nil` when it is missing or empty.
    /// - Throws: ``APIError`` `invalidField` when it is not an integer.
    package func queryInteger(_ name: String) throws -> Int? {
        let values = queryParameters.filter { $0.name == name }.map(\.value)
        guard values.count <= 1 else { throw APIError.invalid(name, "is there several times") }
        guard let text = values.first, !text.isEmpty else { return nil }
        guard let number = Int(text) else { throw APIError.invalid(name, "is not a whole number") }
        return number
    }

    /// The value of a parameter of the query, in its range.
    /// - Throws: ``APIError`` `invalidField` when it is not an integer or out of the range.
    package func value(of parameter: IntegerParameter) throws -> Int {
        guard let text = queryParameter(parameter.name) else { return parameter.standard }
        guard let value = Int(text), parameter.range.contains(value) else {
            let end = parameter.range.upperBound
            let start = parameter.range.lowerBound
            throw APIError.invalid(
                parameter.name, end < Int.max ? "is a number from \(start) to \(end)" : "is a number from \(start)")
        }
        return value
    }
}
