public import MediaModel

extension MediaPolicy {
    /// How many of a file's first bytes ``validateHead(_:filename:size:)`` examines.
    public static var headBytes: Int { DetectedType.sniffedBytes }

    /// Checks what is declared of a file before any of it has arrived.
    /// - Throws: ``MediaError/Code/wrongKind`` or ``MediaError/Code/tooLarge``.
    public func validate(_ declared: DeclaredFile) throws(MediaError) {
        guard limits.excludedKinds[declared.kind] == nil else { throw .wrongKind(declared.kind, self) }
        try validate(declared.kind, bytes: declared.size)
    }

    /// Checks the beginning of a file that is still arriving. Returns its kind, where that is certain.
    /// - Parameters:
    ///   - head: the first ``headBytes`` bytes, or the whole file if it is shorter.
    ///   - filename: distinguishes document types whose content is alike.
    ///   - size: that of the whole file, in bytes, where it is known.
    /// - Throws: why the file is rejected.
    public func validateHead(_ head: [UInt8], filename: String?, size: Int?) throws(MediaError) -> MediaKind? {
        var tags = LeadingTags()
        // What follows a tag decides; the tag may be larger than what has arrived.
        guard tags.skip(Array(head.prefix(Self.headBytes))) else { return nil }
        let type = DetectedType(sniffing: head, filename: FileName(filename).displayName)
        try validate(type)
        let kind: MediaKind? =
            if case .media(let format) = type, acceptsMedia(format) { onlyKind(format) } else { .document }
        if let size { try validate(kind, bytes: size) }
        return kind
    }
}
