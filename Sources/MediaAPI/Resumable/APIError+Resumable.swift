extension APIError {
    static func offsetMismatch(_ offset: Int) -> APIError {
        APIError(
            code: .offsetMismatch,
            message: "Upload-Offset is not that of the upload, of which \(offset) bytes have arrived: continue there")
    }

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
