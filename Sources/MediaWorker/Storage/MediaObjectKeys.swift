import MediaModel
import ObjectStore

/// The keys of a media file's objects, which share a prefix: the original's ends in the extension that its content calls for,
/// the thumbnail's in `-thumb.jpg`.
struct MediaObjectKeys: Sendable {
    /// The key of the thumbnail.
    let thumbnail: ObjectKey
    /// How the keys of all objects begin.
    let prefix: String

    /// - Throws: ``MediaError/Code/internal`` where `prefix` is no valid beginning of a key.
    init(prefix: String) throws(MediaError) {
        // The longest suffix that follows the prefix is the thumbnail's.
        guard let thumbnail = ObjectKey(validating: prefix + "-thumb.jpg") else { throw Self.invalid(prefix) }
        self.prefix = prefix
        self.thumbnail = thumbnail
    }

    /// The key of an original with that extension.
    /// - Throws: ``MediaError/Code/internal`` where that is no valid key.
    func original(fileExtension: String) throws(MediaError) -> ObjectKey {
        guard let key = ObjectKey(validating: "\(prefix).\(fileExtension)") else { throw Self.invalid(prefix) }
        return key
    }

    private static func invalid(_ prefix: String) -> MediaError {
        MediaError(.internal, "\"\(prefix)\" cannot be the key of an object.")
    }
}
