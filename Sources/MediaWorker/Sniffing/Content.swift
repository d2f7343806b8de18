/// What the first bytes of a file say that it is.
enum Content: Equatable {
    case media(Container)
    case document(DocumentType)

    /// How many first bytes ``init(sniffing:)`` looks at.
    static let sniffedBytes = 4096

    /// Judges by the first bytes: ``sniffedBytes`` of them, or the whole file if it is shorter.
    /// - Parameter name: the sender's name for it: tells apart what is alike by content, and nothing else.
    init(sniffing head: some Collection<UInt8>, named name: String? = nil) {
        let head = Array(head.prefix(Self.sniffedBytes))
        let container =
            Container(baseMedia: head) ?? Container(matroska: head) ?? Container(riff: head)
            ?? Container(signature: head) ?? Container(mpegAudio: head)
        self = container.map(Content.media) ?? .document(DocumentType(sniffing: head, named: name))
    }
}
