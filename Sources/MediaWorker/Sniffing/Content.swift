/// What the first bytes of a file say that it is.
enum Content: Equatable {
    case media(Container)
    case document(DocumentType)

    /// How many first bytes ``init(sniffing:)`` looks at.
    static let sniffedBytes = 4096

    /// Judges by the first bytes: ``sniffedBytes`` of them, or the whole file if it is shorter.
    init(sniffing head: some Collection<UInt8>) {
        let head = Array(head.prefix(Self.sniffedBytes))
        let container =
            Container(baseMedia: head) ?? Container(matroska: head) ?? Container(riff: head)
            ?? Container(signature: head) ?? Container(mpegAudio: head)
        self = container.map(Content.media) ?? .document(DocumentType(sniffing: head))
    }
}

/// A document: stored as it is, never opened.
struct DocumentType: Equatable {
    let mimeType: String
    let fileExtension: String

    static let unknown = DocumentType(mimeType: "application/octet-stream", fileExtension: "bin")
    static let pdf = DocumentType(mimeType: "application/pdf", fileExtension: "pdf")
    static let zip = DocumentType(mimeType: "application/zip", fileExtension: "zip")
    static let text = DocumentType(mimeType: "text/plain; charset=utf-8", fileExtension: "txt")

    init(mimeType: String, fileExtension: String) {
        self.mimeType = mimeType
        self.fileExtension = fileExtension
    }

    init(sniffing head: [UInt8]) {
<<<<<<< HEAD
        self =
            if head.has("%PDF-") { .pdf } else if head.has("PK\u{3}\u{4}") { .zip } else if Self.isText(head) {
                .text
            } else { .unknown }
=======
        if head.has("%PDF-") {
            self.init(mimeType: "application/pdf", fileExtension: "pdf")
        } else if head.has("PK\u{3}\u{4}") {
            self.init(mimeType: "application/zip", fileExtension: "zip")
        } else if Self.isText(head), !Self.isMarkup(head) {
            self.init(mimeType: "text/plain; charset=utf-8", fileExtension: "txt")
        } else {
            self = .unknown
        }
>>>>>>> hostile
    }

    /// Whether it begins as HTML, SVG and XML do: with an active type, or none that forbids to look, it would be a page.
    private static func isMarkup(_ head: [UInt8]) -> Bool {
        let words = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
        return words.first { !(9...13).contains($0) && $0 != 32 } == UInt8(ascii: "<")
    }

    private static func isText(_ head: [UInt8]) -> Bool {
        guard !head.isEmpty, head.allSatisfy({ $0 >= 32 || (9...13).contains($0) }) else { return false }
        // The head may end inside a character.
        return (0...3).contains { String(validating: head.dropLast($0), as: UTF8.self) != nil }
    }
}
