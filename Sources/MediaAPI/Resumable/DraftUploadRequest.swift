import Foundation
import HTTPServer

/// The fields of a request for resumable uploads by draft-ietf-httpbis-resumable-upload. They are structured fields (RFC 9651): what is none of the
/// form that a field has is ignored, as the draft asks.
struct DraftUploadRequest: Sendable {
    /// The media type of bytes that are appended (section 6).
    static let contentType = "application/partial-upload"
    /// The version of the draft whose clients understand interim responses (appendix, Draft Version Identification).
    static let interopVersion = "8"

    let request: HTTPRequest

    /// `Upload-Complete`; `nil` where it is missing.
    var isComplete: Bool? {
        switch item("Upload-Complete") {
        case "?1": true
        case "?0": false
        default: nil
        }
    }

    /// `Upload-Offset`; `nil` where it is missing.
    var offset: Int? { number("Upload-Offset") }

    /// `Upload-Length`; `nil` where it is missing.
    var length: Int? { number("Upload-Length") }

    /// Whether the client understands interim responses of this version of the draft.
    var understandsInterim: Bool { item("Upload-Draft-Interop-Version") == Self.interopVersion }

    /// The length of the file: what the client says, or what is declared of the body that ends it.
    /// - Parameter offset: where the body begins in the file.
    /// - Throws: ``APIError/inconsistentLength`` where it says both and they differ.
    func length(from offset: Int) throws(APIError) -> Int? {
        let declared = isComplete == true ? request.body.declaredLength.map { $0 + offset } : nil
        if let length, let declared, length != declared { throw .inconsistentLength }
        return length ?? declared
    }

    /// What the client says of the file: the parameters of the query, and the name in `Content-Disposition`; as `Upload-Metadata` of tus.
    /// - Throws: ``APIError`` `invalidField` where it is too long, or something is said twice.
    func metadata() throws(APIError) -> String? {
        var pairs = request.queryParameters
        if let filename = request.dispositionFilename { pairs.append(("filename", filename)) }
        guard !pairs.isEmpty else { return nil }
        let text = pairs.map { "\($0.name) \(Data($0.value.utf8).base64EncodedString())" }.joined(separator: ",")
        _ = try TusMetadata(text)
        return text
    }

    /// - Throws: ``APIError`` `unsupportedContentType` unless the body is one to append.
    func checkBody() throws(APIError) {
        guard request.mediaType == Self.contentType else {
            throw APIError(
                code: .unsupportedContentType, message: "The Content-Type of bytes to append is \(Self.contentType)")
        }
    }

    private func item(_ name: String) -> String? {
        let values = request.headers.values(of: name)
        guard values.count == 1, let value = values.first else { return nil }
        // Parameters of an item that are not known are ignored.
        return value.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
    }

    private func number(_ name: String) -> Int? {
        guard let text = item(name), (1...15).contains(text.utf8.count),
            text.utf8.allSatisfy("0123456789".utf8.contains)
        else {
            return nil
        }
        return Int(text)
    }
}
