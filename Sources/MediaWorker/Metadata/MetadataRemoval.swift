/// Which metadata are removed from originals before they are stored (docs/metadata.md). Derivatives never contain metadata.
///
/// What is decoded is not changed: coded data, colour profile and orientation are stored byte for byte.
public enum MetadataRemoval: String, Sendable, Codable, CaseIterable {
    /// None: the original is stored as it was sent.
    case off
    /// Places, and containers that may contain one and cannot be edited.
    case location
    /// Everything but what decoders and players need: place, device, author, time.
    case all
}
