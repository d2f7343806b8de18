import ChatBridge
import MediaModel

/// A media type that the dialect accepts as an attachment.
public struct IntokMediaType: Sendable, Hashable {
    /// The reference's categories of media types.
    public enum Category: String, Sendable, Hashable {
        /// Images, including animated ones.
        case image
        /// Videos.
        case video
        /// Audio without video.
        case audio
        /// Documents, which are stored without being decoded.
        case document
    }

    /// The media type without parameters.
    public let mimeType: String
    /// The category.
    public let category: Category
    /// The file extension of keys, without a dot.
    public let fileExtension: String

    /// Parses the type that a client declares, which may have parameters (`audio/webm;codecs=opus`); `nil` when the
    /// type is not accepted.
    public init?(_ name: String) {
        guard let base = MediaType(name)?.essence, let (category, fileExtension) = Self.all[base] else { return nil }
        mimeType = base
        self.category = category
        self.fileExtension = fileExtension
    }

    /// Whether the type is accepted for profile pictures.
    public var isPicture: Bool { ["image/jpeg", "image/png", "image/webp"].contains(mimeType) }

    private static let openXML = "application/vnd.openxmlformats-officedocument."

    /// The accepted types and their file extensions, as the reference lists them.
    private static let all: [String: (Category, String)] = [
        "image/jpeg": (.image, "jpg"), "image/png": (.image, "png"), "image/gif": (.image, "gif"),
        "image/webp": (.image, "webp"),
        "video/mp4": (.video, "mp4"), "video/quicktime": (.video, "mov"), "video/webm": (.video, "webm"),
        "audio/mpeg": (.audio, "mp3"), "audio/wav": (.audio, "wav"), "audio/ogg": (.audio, "ogg"),
        "audio/webm": (.audio, "webm"),
        "application/pdf": (.document, "pdf"), "application/msword": (.document, "doc"),
        openXML + "wordprocessingml.document": (.document, "docx"),
        "application/vnd.ms-excel": (.document, "xls"), openXML + "spreadsheetml.sheet": (.document, "xlsx"),
        "text/plain": (.document, "txt"),
    ]
}
