extension APIError {
    static func offsetMismatch(_ offset: Int) -> APIError {
        APIError(
            code: .offsetMismatch,
            message: "Upload-Offset is not that of the upload, of which \(offset) bytes have arrived: continue there")
    }

    /// Two lengths of an upload that a client has said differ, or more bytes have come than it said.
    static let inconsistentLength: APIError = {
        var error = APIError(
            code: .invalidField, message: "The lengths of the upload that the client has said do not match")
        error.problem.type = DraftUploadRoutes.problemTypes + "inconsistent-upload-length"
        return error
    }()

    /// Nothing is appended to an upload that is complete.
    static let completedUpload: APIError = {
        var error = APIError(code: .invalidField, message: "The upload is complete: HEAD says what it has become")
        error.problem.type = DraftUploadRoutes.problemTypes + "completed-upload"
        return error
    }()

    static let uploadGone = APIError(
        code: .uploadGone, message: "The upload has ended: it has expired, or was cancelled, rejected or used up")

    static let uploadLocked = APIError(
        code: .uploadLocked, message: "Another request has continued the upload: ask with HEAD how far it is")

    static let checksumMismatch = APIError(
        code: .checksumMismatch, message: "The checksum of the bytes is another one: send them again")

    static func tooLong(_ length: Int) -> APIError {
        APIError(
            code: .mediaTooLarge, message: "There are more bytes than the upload has: \(length)",
            details: .size(maximum: length))
    }
}
