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

    /// OLE 2: Word, Excel and others before 2007, of which only the inside tells which.
    static let compound = DocumentType(mimeType: "application/x-cfb", fileExtension: "cfb")

    /// The packages of Office Open XML, by the folder of their main part.
    private static let openXMLTypes = [
        ("word/", "wordprocessingml.document", "docx"), ("xl/", "spreadsheetml.sheet", "xlsx"),
        ("ppt/", "presentationml.presentation", "pptx"),
    ].map { folder, name, fileExtension in
        (
            folder: folder,
            type: DocumentType(
                mimeType: "application/vnd.openxmlformats-officedocument." + name, fileExtension: fileExtension)
        )
    }
    /// Every type that sniffing gives.
    static let sniffed = [unknown, pdf, zip, text, compound] + openXMLTypes.map(\.type)

    init(mimeType: String, fileExtension: String) {
        self.mimeType = mimeType
        self.fileExtension = fileExtension
    }

    init(sniffing head: [UInt8]) {
        if head.has("%PDF-") {
            self = .pdf
        } else if head.has("PK\u{3}\u{4}") {
            self = Self.openXML(head) ?? .zip
        } else if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            self = .compound
        } else if Self.isText(head), !Self.isMarkup(head) {
            self = .text
        } else {
            self = .unknown
        }
    }

    /// Whether it begins as HTML, SVG and XML do: with an active type, or none that forbids to look, it would be a page.
    private static func isMarkup(_ head: [UInt8]) -> Bool {
        let words = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
        return words.first { !(9...13).contains($0) && $0 != 32 } == UInt8(ascii: "<")
    }

    /// A package of Office Open XML (ECMA-376 part 2), told by the names of its first entries; `nil` for any other archive.
    private static func openXML(_ head: [UInt8]) -> DocumentType? {
        for start in head.indices where head[start...].starts(with: [0x50, 0x4B, 3, 4]) && start + 30 < head.count {
            // The name stands at 30 bytes from the beginning of an entry (APPNOTE.TXT, 4.3.7).
            let name = head[(start + 30)...]
            if let kind = openXMLTypes.first(where: { name.starts(with: $0.folder.utf8) }) { return kind.type }
        }
        return nil
    }

    private static func isText(_ head: [UInt8]) -> Bool {
        guard !head.isEmpty, head.allSatisfy({ $0 >= 32 || (9...13).contains($0) }) else { return false }
        // The head may end inside a character.
        return (0...3).contains { String(validating: head.dropLast($0), as: UTF8.self) != nil }
    }
}
