import MediaModel
import ObjectStore

extension ObjectAttributes {
    /// Long, because the content of a key never changes; private, because chats are.
    static let mediaCacheControl = "private, max-age=31536000, immutable"

    /// The attributes of every thumbnail.
    static let thumbnail = ObjectAttributes(
        contentType: "image/jpeg", contentDisposition: "inline", cacheControl: mediaCacheControl)

    /// The attributes of a stored original.
    init(mimeType: String, fileExtension: String, kind: MediaKind, filename: FileName) {
        self.init(
            contentType: mimeType,
            contentDisposition: filename.contentDisposition(kind, fileExtension: fileExtension),
            cacheControl: Self.mediaCacheControl)
    }
}
