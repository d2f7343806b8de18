import MediaModel

extension Inspection {
    /// Whether a file of this content may be sent under a media type: its own, or one that says more or less of the same.
    func mayBeDeclared(as mimeType: String) -> Bool {
        let own = String(self.mimeType.prefix { $0 != ";" })
        if mimeType == "text/plain", textEncoding != nil { return true }
        // Whoever says no more than that it is a file is not wrong.
        if mimeType == DocumentType.unknown.mimeType, kind == .document { return true }
        return own == mimeType || Self.alsoDeclared[mimeType]?.contains(own) == true
    }

    /// By the media type that is declared: the contents beside its own namesake that go with it.
    private static let alsoDeclared: [String: Set<String>] = [
        "video/mp4": ["video/x-m4v"],
        "application/msword": [DocumentType.compound.mimeType],
        "application/vnd.ms-excel": [DocumentType.compound.mimeType],
        // Packages whose first entries do not tell what they hold.
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ["application/zip"],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ["application/zip"],
    ]
}
