import MediaModel

extension DeclaredFile {
    /// A declaration by a media type that files are stored under here; `nil` for any other.
    public init?(mimeType: String, size: Int, name: String? = nil) {
        guard let ending = Self.endings[mimeType] else { return nil }
        self.init(mimeType: mimeType, fileExtension: ending, size: size, name: name)
    }

    /// The endings of keys, by media type.
    private static let endings: [String: String] = {
        var endings = ["application/pdf": "pdf", "application/zip": "zip", "text/plain": "txt"]
        for type in [DocumentType.unknown] + DocumentType.archives { endings[type.mimeType] = type.fileExtension }
        for container in MediaFormat.allCases {
            for kind in MediaKind.allCases { endings[container.mimeType(kind)] = container.fileExtension(kind) }
        }
        return endings
    }()
}
