/// Elements of which the children are examined.
enum MatroskaContainer {
    case file, segment, information, tracks, track, cluster, tags, tag
}

/// What becomes of an element.
enum MatroskaAction {
    case keep
    case open(MatroskaContainer)
    /// It becomes a Void element of the same length.
    case void
    /// It keeps its header, and its content becomes zeros: an empty text, where it is a text (RFC 8794, section 7.4).
    case blank
    /// It contains what a decoder needs, and may contain comments.
    case codecPrivate
    /// It contains a name and a value.
    case simpleTag
    /// It cannot be where it is.
    case unexpected
}

/// Which elements of a Matroska file are kept, by where they are.
struct MatroskaPolicy {
    private typealias Name = MatroskaIdentifier

    /// What links files of one film with each other, and what is needed to show one.
    private static let links: Set = [
        Name.uuid, Name.previousUUID, Name.nextUUID, Name.family, Name.chapterTranslation,
    ]
    private static let texts: Set = [
        Name.title, Name.date, Name.filename, Name.previousFilename, Name.nextFilename,
    ]

    let removesAll: Bool

    func action(_ element: EBMLHeader, in parent: MatroskaContainer) -> MatroskaAction {
        switch (parent, element.identifier) {
        case (_, Name.void): .blank
        case (.file, Name.head): .keep
        case (.file, Name.segment): .open(.segment)
        case (.file, _): .unexpected
        case (.cluster, _): .keep
        // Of what surrounds it, which may change. It is optional.
        case (_, Name.checksum): .void
        case (.segment, Name.seekHead), (.segment, Name.cues): .keep
        case (.segment, Name.information): .open(.information)
        case (.segment, Name.tracks): .open(.tracks)
        case (.segment, Name.cluster): element.size == nil ? .open(.cluster) : .keep
        case (.segment, Name.chapters): removesAll ? .void : .keep
        case (.segment, Name.tags): removesAll ? .void : .open(.tags)
        case (.information, Name.scale), (.information, Name.segmentDuration): .keep
        // Both must be there (RFC 9559, section 5.1.2).
        case (.information, Name.muxer), (.information, Name.writer): removesAll ? .blank : .keep
        case (.information, let name) where Self.links.contains(name) || Self.texts.contains(name):
            removesAll ? .void : .keep
        case (.tracks, Name.track): .open(.track)
        case (.track, Name.codecPrivate): .codecPrivate
        case (.track, Name.name): removesAll ? .void : .keep
        case (.track, let name) where Name.codecTexts.contains(name): removesAll ? .void : .keep
        case (.track, Name.attachmentLink): .void
        case (.track, _): .keep
        case (.tags, Name.tag): .open(.tag)
        case (.tag, Name.targets): .keep
        case (.tag, Name.simpleTag): .simpleTag
        // Attachments may be pictures with a place; others are unknown.
        case (.segment, _), (.information, _), (.tracks, _), (.tags, _), (.tag, _): .void
        }
    }

    /// Whether the content of a SimpleTag, or one within it, names a place, or is not understood.
    static func isPlace(_ content: ArraySlice<UInt8>, depth: Int = 0) -> Bool {
        guard depth < 8 else { return true }
        var rest = content
        while !rest.isEmpty {
            guard let element = EBMLHeader(Array(rest.prefix(12))), let size = element.size,
                size <= rest.count - element.length
            else { return true }
            let value = rest.dropFirst(element.length).prefix(size)
            switch element.identifier {
            case Name.tagName where BaseMediaPolicy.isPlace(value): return true
            case Name.simpleTag where isPlace(value, depth: depth + 1): return true
            default: rest = rest.dropFirst(element.length + size)
            }
        }
        return false
    }
}
