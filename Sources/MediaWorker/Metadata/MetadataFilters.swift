import MediaModel

extension MediaFormat {
    /// The filter that removes metadata from files of this format; `nil` where there is none, or nothing is to be removed.
    /// - Parameter isTagged: whether the file begins with the tags of audio.
    func metadataFilter(_ removal: MetadataRemoval, isTagged: Bool = false) -> (any MetadataFilter)? {
        if removal == .off { return nil }
        // What follows the tags is not known yet.
        if isTagged { return TrailingTagFilter(SteppedFilter(LeadingTagSteps(removal)), removal) }
        switch self {
        case .jpeg: return JPEGMetadataFilter(removal)
        case .mp4, .quickTime, .m4v, .m4a, .threeGP, .threeGPP2:
            return SteppedFilter(BaseMediaSteps(removal, isPicture: false))
        case .heic, .avif: return SteppedFilter(BaseMediaSteps(removal, isPicture: true))
        case .png: return SteppedFilter(PNGMetadataSteps(removal))
        case .gif: return SteppedFilter(GIFMetadataSteps(removal))
        case .webp: return SteppedFilter(RIFFMetadataSteps(removal, isWebP: true))
        case .avi, .wav: return SteppedFilter(RIFFMetadataSteps(removal, isWebP: false))
        case .mp3, .aac: return TrailingTagFilter(SteppedFilter(LeadingTagSteps(removal)), removal)
        case .flac: return TrailingTagFilter(SteppedFilter(FLACMetadataSteps(removal)), removal)
        case .ogg: return SteppedFilter(OggMetadataSteps(removal))
        case .webm, .matroska: return SteppedFilter(MatroskaMetadataSteps(removal))
        default: return nil
        }
    }
}
