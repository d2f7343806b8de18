/// Identifiers of elements (RFC 9559, section 5.1), with their length markers.
enum MatroskaIdentifier {
    /// EBML and Segment, which are not within others. `root` is no identifier of the format: the parent of both.
    static let (root, head, segment) = (0, 0x1A45_DFA3, 0x1853_8067)
    static let (void, checksum) = (0xEC, 0xBF)

    static let (information, tracks, seekHead) = (0x1549_A966, 0x1654_AE6B, 0x114D_9B74)
    static let (cluster, cues) = (0x1F43_B675, 0x1C53_BB6B)
    static let (attachments, chapters, tags) = (0x1941_A469, 0x1043_A770, 0x1254_C367)
    /// The children of a segment.
    static let inSegment: Set = [cluster, information, tracks, seekHead, cues, attachments, chapters, tags]

    static let seek = 0x4DBB
    /// SeekID and SeekPosition.
    static let (seekID, seekPosition) = (0x53AB, 0x53AC)

    /// Of the segment's information: TimestampScale, Duration and the SegmentUUIDs of this and of linked files.
    static let (scale, segmentDuration, uuid, previousUUID, nextUUID) = (
        0x2A_D7B1, 0x4489, 0x73A4, 0x3C_B923, 0x3E_B923
    )
    /// SegmentFamily and ChapterTranslate.
    static let (family, chapterTranslation) = (0x4444, 0x6924)
    /// Title, DateUTC, MuxingApp, WritingApp and the names of this and of linked files.
    static let (title, date, muxer, writer) = (0x7BA9, 0x4461, 0x4D80, 0x5741)
    static let (filename, previousFilename, nextFilename) = (0x7384, 0x3C_83AB, 0x3E_83BB)

    /// TrackEntry, its Name, CodecPrivate, TrackTimestampScale and AttachmentLink.
    static let (track, name, codecPrivate, trackScale, attachmentLink) = (0xAE, 0x536E, 0x63A2, 0x23_314F, 0x7446)
    /// CodecName, CodecSettings, CodecInfoURL and CodecDownloadURL.
    static let codecTexts: Set = [0x25_8688, 0x3A_9697, 0x3B_4040, 0x26_B240]

    static let (timestamp, group, block, simpleBlock, duration) = (0xE7, 0xA0, 0xA1, 0xA3, 0x9B)
    /// Position, PrevSize, ReferenceBlock, ReferencePriority, CodecState and DiscardPadding.
    static let (position, size, reference, priority, state, padding) = (0xA7, 0xAB, 0xFB, 0xFA, 0xA4, 0x75A2)

    /// Tag, Targets, SimpleTag and TagName.
    static let (tag, targets, simpleTag, tagName) = (0x7373, 0x63C0, 0x67C8, 0x45A3)
}
