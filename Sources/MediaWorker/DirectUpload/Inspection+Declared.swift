import MediaModel

extension Inspection {
    /// Whether a file with this content may be declared as `mimeType`: as its own type, or as one that is equally right but
    /// more or less specific.
    func mayBeDeclared(as mimeType: String) -> Bool {
        let own = String(self.mimeType.prefix { $0 != ";" })
        if mimeType == "text/plain", textEncoding != nil { return true }
        // A generic declaration does not contradict a document.
        if mimeType == DocumentType.unknown.mimeType, kind == .document { return true }
        return own == mimeType || Self.alternatives[mimeType]?.contains(own) == true
    }

    /// By declared media type, the detected types that agree with it beside its own.
    private static let alternatives: [String: Set<String>] = [
        "video/mp4": ["video/x-m4v"],
        "application/msword": [DocumentType.compound.mimeType],
        "application/vnd.ms-excel": [DocumentType.compound.mimeType],
        // Packages whose first entries do not show what they contain.
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ["application/zip"],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ["application/zip"],
    ]
}
