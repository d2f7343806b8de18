/// What a metadata filter does with a box of an ISO base media file, or of a QuickTime file.
enum BaseMediaAction: Equatable {
    /// It is kept with its content.
    case keep
    /// It becomes a `free` box of the same length, filled with zeros.
    case free
    /// Its children are examined.
    case open(BaseMediaContainer)
    /// The content of a box with a 16-byte extended type decides, of the kind that may be kept here.
    case extended
    /// Its first bytes are changed.
    case edit(BaseMediaEdit)
    /// Its samples or items are edited: media data.
    case mediaData
    /// It lists the items of a picture.
    case items
}

/// The boxes whose children are examined.
enum BaseMediaContainer: Equatable {
    case file, index, track, media, mediaInformation, sampleTable, fragment, trackFragment, userData, metadata,
        metadataItems
}

/// The boxes of which the beginning is collected.
enum BaseMediaEdit: Equatable {
    /// `mvhd` and `mdhd`: times.
    case times
    /// `tkhd`: times, and the track's identifier.
    case trackHeader
    /// `hdlr`.
    case handler
    /// `stsd`.
    case sampleDescriptions
    /// `tfhd`.
    case fragmentHeader
    /// `keys`.
    case keys
    /// A `----` item.
    case namedItem
    /// A table of the samples of a track that is removed.
    case table

    /// How many bytes of the content are collected; of a longer box the rest is treated as the first part.
    var maximumLength: Int {
        switch self {
        case .times: 20
        case .trackHeader: 24
        case .handler: 24
        case .fragmentHeader: 8
        case .namedItem: 4096
        case .sampleDescriptions, .keys: 64 << 10
        case .table: 1 << 20
        }
    }
}
