public import MediaModel

extension DeclaredFile {
    /// Creates a declaration by a media type under which files are stored; `nil` for any other type.
    public init?(mimeType: String, size: Int, name: String? = nil) {
        guard let fileExtension = Self.fileExtensions[mimeType] else { return nil }
        self.init(mimeType: mimeType, fileExtension: fileExtension, size: size, name: name)
    }

    /// The kind of files that have the declared media type.
    public var kind: MediaKind {
        switch mimeType.prefix(while: { $0 != "/" }) {
        case "video": .video
        case "audio": .audio
        case "image": .image
        default: .document
        }
    }

    /// File extensions by media type.
    private static let fileExtensions: [String: String] = {
        var extensions = ["application/pdf": "pdf", "application/zip": "zip", "text/plain": "txt"]
        for type in [DocumentType.unknown] + DocumentType.archives { extensions[type.mimeType] = type.fileExtension }
        for format in MediaFormat.allCases {
            for kind in MediaKind.allCases { extensions[format.mimeType(kind)] = format.fileExtension(kind) }
        }
        return extensions
    }()
}
