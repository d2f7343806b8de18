/// What is taken out of a JPEG original before it is stored. Derivatives never carry anything of it.
///
/// The picture itself stays as it is, byte for byte: its tables, its coded samples, its colour profile and how it is turned.
public enum MetadataRemoval: String, Sendable, Codable, CaseIterable {
    /// Nothing: what is stored is what was sent.
    case off
    /// Where it was taken: Exif's GPS directory, XMP, IPTC, and whatever follows the picture (previews, motion photos).
    case location
    /// Whatever is not the picture: Exif but for the orientation, XMP, IPTC, comments, maker notes, previews, and what follows.
    case all
}
