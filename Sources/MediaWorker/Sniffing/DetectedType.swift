import MediaModel

/// What the first bytes of a file say that it is.
enum DetectedType: Equatable {
    case media(MediaFormat)
    /// A file that is stored unopened. `text` tells that it is text, also where it begins like a page and so has no text type.
    case document(DocumentType, text: TextEncoding?)

    /// How many bytes are looked at, at the start of a file and behind each tag.
    static let sniffedBytes = 4096

    /// Judges by evidence that must agree: a signature at its place and the structure that follows it. What proves itself to
    /// be text is text, whatever word it begins with.
    /// - Parameters:
    ///   - head: the first ``sniffedBytes`` bytes, or the whole file if it is shorter.
    ///   - behindTags: as many bytes behind the tags that the file begins with (``LeadingTags``); `nil` when it has none.
    ///   - name: the sender's name for it: tells apart what is alike by content, and nothing else.
    init(sniffing head: some Collection<UInt8>, behindTags: [UInt8]? = nil, named name: String? = nil) {
        let head = Array(head.prefix(Self.sniffedBytes))
        if let behindTags {
            self = DetectedType(behindTags: behindTags)
            return
        }
        let type = DocumentType(sniffing: head, named: name)
        if type != .unknown {
            self = .document(type, text: nil)
        } else if !AMRFrames.fill(head), let encoding = TextEncoding(sniffing: head) {
            self = .document(DocumentType(text: encoding, head), text: encoding)
        } else if let container = MediaFormat(head) {
            self = .media(container)
        } else {
            self = .document(.unknown, text: nil)
        }
    }

    /// Tags stand in front of sounds, and nothing else is looked for behind them.
    private init(behindTags rest: [UInt8]) {
        let isDocument = DocumentType(sniffing: rest) != .unknown || TextEncoding(sniffing: rest) != nil
        let container = isDocument ? nil : MediaFormat(rest) ?? MediaFormat(mpegAudioWithin: rest)
        if let container, MediaFormat.tagged.contains(container) {
            self = .media(container)
        } else if rest.isEmpty {
            // The file ends with its tag or within it.
            self = .media(.mp3)
        } else {
            self = .document(.unknown, text: nil)
        }
    }
}
