import Bytes
import ChatBridge
import Foundation
import HTTPServer

/// The fields of a request of tus 1.0.
struct TusRequest: Sendable {
    /// The media type of bytes of an upload.
    static let contentType = "application/offset+octet-stream"
    /// The most partial uploads that one file is made of.
    static let maximumSources = 100

    /// How an upload is related to others (extension Concatenation).
    enum Concatenation: Sendable, Equatable {
        case none
        case partial
        /// Made of the uploads of these IDs.
        case final([String])
    }

    let request: HTTPRequest

    /// - Throws: ``APIError`` `unsupportedVersion` unless the request is of version 1.0.0.
    init(_ request: HTTPRequest) throws(APIError) {
        guard request.headers["Tus-Resumable"] == TusRoutes.version else {
            throw APIError(
                code: .unsupportedVersion, message: "Tus-Resumable is \(TusRoutes.version), the version spoken here")
        }
        self.request = request
    }

    /// The method; clients behind proxies that know no PATCH send it in a field.
    var method: HTTPMethod {
        request.headers["X-HTTP-Method-Override"].map(HTTPMethod.init(rawValue:)) ?? request.method
    }

    /// `Upload-Offset`.
    var offset: Int { get throws(APIError) { try required("Upload-Offset") } }

    /// `Upload-Length`; `nil` where there is none.
    var length: Int? { get throws(APIError) { try number("Upload-Length") } }

    /// The length of a new upload; `nil` where the client will say it later (`Upload-Defer-Length: 1`).
    var newLength: Int? {
        get throws(APIError) {
            let length = try self.length
            guard let deferred = request.headers["Upload-Defer-Length"] else {
                guard let length else { throw .missing("Upload-Length", "a number; or Upload-Defer-Length: 1") }
                return length
            }
            guard deferred == "1" else { throw .invalid("Upload-Defer-Length", "is 1") }
            guard length == nil else { throw .invalid("Upload-Defer-Length", "contradicts Upload-Length") }
            return nil
        }
    }

    /// `Upload-Checksum`.
    var checksum: UploadChecksum? {
        get throws(APIError) {
            guard let value = request.headers["Upload-Checksum"] else { return nil }
            return try UploadChecksum(value)
        }
    }

    /// `Upload-Metadata`, which has been checked.
    var metadata: String? {
        get throws(APIError) {
            let field = request.headers["Upload-Metadata"]
            _ = try TusMetadata(field)
            return field
        }
    }

    /// The SHA-256 of the whole file, of `Repr-Digest` or of the metadata; `nil` where there is neither.
    var sha256: [UInt8]? {
        get throws(APIError) {
            let field = try DigestField.representation.sha256(of: request.headers)
            guard let said = try TusMetadata(request.headers["Upload-Metadata"]).sha256 else { return field }
            guard field == nil || field == said else {
                throw .invalid("Upload-Metadata", "has another sha256 than \(DigestField.representation.rawValue)")
            }
            return said
        }
    }

    /// `Upload-Concat`.
    var concatenation: Concatenation {
        get throws(APIError) {
            guard let value = request.headers["Upload-Concat"] else { return .none }
            if value == "partial" { return .partial }
            guard value.hasPrefix("final;") else { throw .invalid("Upload-Concat", "is partial, or final;…") }
            let urls = value.dropFirst("final;".count).split(separator: " ")
            guard (1...Self.maximumSources).contains(urls.count) else {
                throw .invalid("Upload-Concat", "names 1 to \(Self.maximumSources) uploads")
            }
            var ids: [String] = []
            for url in urls {
                // The path, or the URL that the upload was created with.
                guard let place = url.range(of: TusRoutes.dialectPath + "/", options: .backwards),
                    ChatIdentifier.isValid(String(url[place.upperBound...]))
                else { throw .invalid("Upload-Concat", "names what is no upload here") }
                ids.append(String(url[place.upperBound...]))
            }
            guard Set(ids).count == ids.count else { throw .invalid("Upload-Concat", "names an upload twice") }
            return .final(ids)
        }
    }

    /// Whether the body has bytes of the file.
    /// - Throws: ``APIError`` `unsupportedContentType` when it has others.
    func checkBody(isOptional: Bool) throws(APIError) -> Bool {
        if request.mediaType == Self.contentType { return true }
        guard isOptional, request.body.declaredLength == 0 else {
            throw APIError(
                code: .unsupportedContentType, message: "The Content-Type of bytes of an upload is \(Self.contentType)")
        }
        return false
    }

    private func required(_ name: String) throws(APIError) -> Int {
        guard let number = try number(name) else { throw .missing(name, "a number of bytes") }
        return number
    }

    private func number(_ name: String) throws(APIError) -> Int? {
        let values = request.headers.values(of: name)
        guard let value = values.first else { return nil }
        guard values.count == 1, (1...18).contains(value.utf8.count),
            value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(value)
        else { throw .invalid(name, "is a number of bytes") }
        return number
    }
}
