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

    /// Judges by the first bytes. The name tells apart what an office program made where the first bytes are alike.
    init(sniffing head: [UInt8], named name: String?) {
        self =
            if head.has("%PDF-") {
                .pdf
            } else if head.has("PK\u{3}\u{4}") {
                Self.openXML(head, named: name) ?? .zip
            } else if head.starts(with: Self.compoundFile) {
                Self.legacyOffice.first { name.hasEnding($0.fileExtension) } ?? .compound
            } else if Self.isText(head), !Self.isMarkup(head) {
                .text
            } else {
                .unknown
            }
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

extension DocumentType {
    /// Office Open XML (ECMA-376): a ZIP of parts, each kind with a folder of its own.
    private static let openXMLTypes: [(folder: StaticString, type: DocumentType)] = {
        let office = "application/vnd.openxmlformats-officedocument."
        return [
            ("word/", DocumentType(mimeType: office + "wordprocessingml.document", fileExtension: "docx")),
            ("xl/", DocumentType(mimeType: office + "spreadsheetml.sheet", fileExtension: "xlsx")),
            ("ppt/", DocumentType(mimeType: office + "presentationml.presentation", fileExtension: "pptx")),
        ]
    }()

    /// What Office wrote before 2007 ([MS-CFB]): one format of file for all its programs, told apart by a directory that
    /// may stand anywhere.
    private static let legacyOffice = [
        DocumentType(mimeType: "application/msword", fileExtension: "doc"),
        DocumentType(mimeType: "application/vnd.ms-excel", fileExtension: "xls"),
        DocumentType(mimeType: "application/vnd.ms-powerpoint", fileExtension: "ppt"),
    ]
    private static let compoundFile: [UInt8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
    private static let compound = DocumentType(mimeType: "application/x-ole-storage", fileExtension: "ole")

    /// The kind whose folder is the first that a local header of the archive names, else, where only the parts that all
    /// kinds have come first, that of the name; `nil` for any other archive.
    private static func openXML(_ head: [UInt8], named name: String?) -> DocumentType? {
        var isOpenXML = false
        for offset in head.indices where head[offset] == UInt8(ascii: "P") && head.has("PK\u{3}\u{4}", at: offset) {
            // The name of the part follows 30 bytes of local header (APPNOTE.TXT 4.3.7).
            if let found = openXMLTypes.first(where: { head.has($0.folder, at: offset + 30) }) { return found.type }
            isOpenXML =
                isOpenXML || head.has("[Content_Types].xml", at: offset + 30)
                || head.has("_rels/.rels", at: offset + 30)
        }
        return isOpenXML ? openXMLTypes.map(\.type).first { name.hasEnding($0.fileExtension) } : nil
    }
}

extension String? {
    /// Whether the name has the ending `.text`, in whatever case.
    fileprivate func hasEnding(_ text: String) -> Bool { self?.lowercased().hasSuffix("." + text) ?? false }
}
