/// The type of a document, which is stored unchanged and never opened.
struct DocumentType: Hashable {
    let mimeType: String
    let fileExtension: String

    static let unknown = DocumentType(mimeType: "application/octet-stream", fileExtension: "bin")
    static let pdf = DocumentType(mimeType: "application/pdf", fileExtension: "pdf")
    static let zip = DocumentType(mimeType: "application/zip", fileExtension: "zip")

    /// An OLE 2 compound file: Word, Excel and others before 2007, which only their directory distinguishes.
    static let compound = DocumentType(mimeType: "application/x-cfb", fileExtension: "cfb")

    /// The packages of Office Open XML, by the folder of their main part (ECMA-376).
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
    /// Every type that can be detected.
    static let sniffed =
        [unknown, pdf, zip, compound] + TextEncoding.allCases.map { DocumentType($0) } + openXMLTypes.map(\.type)
        + legacyOffice + archives

    init(mimeType: String, fileExtension: String) {
        self.mimeType = mimeType
        self.fileExtension = fileExtension
    }

    /// Plain text in that encoding.
    init(_ encoding: TextEncoding) {
        self.init(mimeType: "text/plain; charset=\(encoding.rawValue)", fileExtension: "txt")
    }

    /// A text with the first bytes `head`. One that begins like HTML has no type with which a browser would display it.
    init(text encoding: TextEncoding, _ head: [UInt8]) {
        self = encoding.isMarkup(head) ? .unknown : DocumentType(encoding)
    }

    /// Detects a document by its signature; text is not looked for.
    init(sniffing head: [UInt8]) {
        if head.has("%PDF-") {
            self = .pdf
        } else if head.has("PK\u{3}\u{4}") {
            self = Self.openXML(head) ?? .zip
        } else if head.has("PK\u{5}\u{6}") {
            // An archive without entries.
            self = .zip
        } else if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            self = .compound
        } else {
            self = Self.archive(head) ?? .unknown
        }
    }

    /// A package of Office Open XML (ECMA-376, part 2), by the names of its first entries; `nil` for any other archive.
    private static func openXML(_ head: [UInt8]) -> DocumentType? {
        for start in head.indices where head[start...].starts(with: [0x50, 0x4B, 3, 4]) && start + 30 < head.count {
            // The name begins 30 bytes into an entry (APPNOTE.TXT, 4.3.7).
            let name = head[(start + 30)...]
            if let kind = openXMLTypes.first(where: { name.starts(with: $0.folder.utf8) }) { return kind.type }
        }
        return nil
    }
}
