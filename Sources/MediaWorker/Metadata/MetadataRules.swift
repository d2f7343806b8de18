import MediaModel

/// What becomes of the metadata in originals.
public struct MetadataRules: Sendable {
    /// Which metadata are removed from a file before it is inspected, hashed and stored.
    public var removal: MetadataRemoval
    /// Whether an image, a video or a sound is rejected if metadata that are to be removed may be left in it.
    public var rejectsIncomplete: Bool

    /// Creates rules.
    public init(_ removal: MetadataRemoval = .off, rejectsIncomplete: Bool = false) {
        (self.removal, self.rejectsIncomplete) = (removal, rejectsIncomplete)
    }

    /// The rules of a file for which `removal` was asked; with `nil`, these.
    func asking(for removal: MetadataRemoval?) -> MetadataRules {
        MetadataRules(removal ?? self.removal, rejectsIncomplete: rejectsIncomplete)
    }

    /// Checks what the filter of a file has done so far; `nil` is the filter of a format that has none.
    /// - Throws: ``MediaError/Code/metadataLeft`` where the file is to be rejected for it.
    func check(_ filter: (any MetadataFilter)?) throws(MediaError) {
        guard rejectsIncomplete, removal != .off, filter?.isClean != true else { return }
        throw MediaError(
            .metadataLeft,
            """
            The file may contain metadata (such as where it was made) that cannot be removed from it, and is not accepted. \
            Remove them first, or send it in another format.
            """)
    }
}
