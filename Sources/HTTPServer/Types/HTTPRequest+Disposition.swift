extension HTTPRequest {
    /// The name of the file in the body, by `Content-Disposition` (RFC 6266); `nil` where it has none that can be read.
    public var dispositionFilename: String? {
        guard let text = headers["Content-Disposition"], let disposition = FieldParameters(text) else { return nil }
        return disposition.extended("filename") ?? disposition["filename"]
    }
}
