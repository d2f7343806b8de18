import MediaModel

/// The type of a file as its first bytes show it.
enum DetectedType: Equatable {
    case media(MediaFormat)
    /// A file that is stored unopened. `text` is its encoding if it is text, also where it begins like HTML and therefore has
    /// no text type.
    case document(DocumentType, text: TextEncoding?)

    /// How many bytes are examined, at the start of a file and behind each tag.
    static let sniffedBytes = SniffedHead.maximumLength

    /// Detects the type by evidence that must agree: a signature at its place and the structure that follows it. A file that is
    /// provably text is text, whatever signature it begins with.
    /// - Parameters:
    ///   - head: the first ``sniffedBytes`` bytes, or the whole file if it is shorter.
    ///   - behindTags: as many bytes behind the tags that the file begins with (``LeadingTags``); `nil` when it has none.
    ///   - filename: the name that the sender gave the file. It only distinguishes document types whose content is alike.
    init(sniffing head: some Collection<UInt8>, behindTags: [UInt8]? = nil, filename: String? = nil) {
        let head = Array(head.prefix(Self.sniffedBytes))
        if let behindTags {
            self = DetectedType(behindTags: behindTags)
            return
        }
        let type = DocumentType(sniffing: head, filename: filename)
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

    /// Tags precede audio; nothing else is looked for behind them.
    private init(behindTags rest: [UInt8]) {
        let isDocument = DocumentType(sniffing: rest) != .unknown || TextEncoding(sniffing: rest) != nil
        let container = isDocument ? nil : MediaFormat(rest) ?? MediaFormat(mpegAudioWithin: rest)
        if let container, MediaFormat.tagged.contains(container) {
            self = .media(container)
        } else if rest.isEmpty {
            // The file ends with its tag, or within it.
            self = .media(.mp3)
        } else {
            self = .document(.unknown, text: nil)
        }
    }
}
