import MediaWorker

/// Which metadata are to be removed from one file, in place of those of the settings.
enum RequestedRemoval {
    /// The name of the field.
    static let field = "stripMetadata"
    static let names = MetadataRemoval.allCases.map(\.rawValue)

    /// Reads the field; `nil` where it is absent or empty.
    /// - Throws: ``APIError`` `invalidField` for any other text than the ``names``.
    static func parse(_ text: String?) throws(APIError) -> MetadataRemoval? {
        guard let text, !text.isEmpty else { return nil }
        guard let removal = MetadataRemoval(rawValue: text) else {
            throw .invalid(field, "is off, location or all")
        }
        return removal
    }
}
