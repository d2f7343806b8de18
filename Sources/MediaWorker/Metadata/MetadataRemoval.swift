/// Which metadata are removed from a JPEG original before it is stored. Derivatives never contain metadata.
///
/// The picture itself is not changed: its tables, coded data, colour profile and orientation are stored byte for byte.
public enum MetadataRemoval: String, Sendable, Codable, CaseIterable {
    /// None: the original is stored as it was sent.
    case off
    /// The location: the GPS directory of Exif, XMP, IPTC, and everything behind the picture (previews, motion photos).
    case location
    /// Everything but the picture: Exif except the orientation, XMP, IPTC, comments, maker notes, previews, and everything behind the
    /// picture.
    case all
}
