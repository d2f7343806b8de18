import Bytes
import ChatBridge
import MediaModel

/// A media type that the dialect takes as an attachment.
public struct IntokMediaType: Sendable, Hashable {
    /// What the reference groups them by.
    public enum Category: String, Sendable, Hashable {
        /// Pictures, moving ones too.
        case image
        /// Videos.
        case video
        /// Sound alone.
        case audio
        /// Files that are not opened.
        case document
    }

    /// Without parameters.
    public let mimeType: String
    /// Its group.
    public let category: Category
    /// The ending of its keys, without a dot.
    public let fileExtension: String

    /// The type that a client names, perhaps with parameters (`audio/webm;codecs=opus`); `nil` for one that is not taken.
    public init?(_ name: String) {
        guard let base = MediaType(name)?.essence, let (category, fileExtension) = Self.all[base] else { return nil }
        mimeType = base
        self.category = category
        self.fileExtension = fileExtension
    }

    /// Whether it is taken as a profile picture.
    public var isPicture: Bool { ["image/jpeg", "image/png", "image/webp"].contains(mimeType) }

    private static let openXML = "application/vnd.openxmlformats-officedocument."

    /// The reference's table.
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
