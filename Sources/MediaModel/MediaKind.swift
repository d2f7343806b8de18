/// The kind of a media file, as chat messages distinguish it.
///
/// The raw values are part of the stored records and of the native API.
public enum MediaKind: String, Sendable, Codable, CaseIterable {
    /// A file with moving pictures, with or without sound.
    case video
    /// A file with sound alone.
    case audio
    /// A still or animated picture.
    case image
    /// Any other file: stored unopened and served as a download.
    case document
}
