extension DocumentType {
    /// What Office wrote before 2007: compound files ([MS-CFB]), told apart by a directory that may stand anywhere.
    static let legacyOffice = [
        DocumentType(mimeType: "application/msword", fileExtension: "doc"),
        DocumentType(mimeType: "application/vnd.ms-excel", fileExtension: "xls"),
        DocumentType(mimeType: "application/vnd.ms-powerpoint", fileExtension: "ppt"),
    ]

    /// Judges by the first bytes; where these leave open which program of an office made it, by its name.
    init(sniffing head: [UInt8], named name: String?) {
        let sniffed = DocumentType(sniffing: head)
        let candidates =
            switch sniffed {
            case .compound: Self.legacyOffice
            case .zip where Self.isPackage(head):
                Self.sniffed.filter { ["docx", "xlsx", "pptx"].contains($0.fileExtension) }
            default: [DocumentType]()
            }
        self = candidates.first { name?.lowercased().hasSuffix("." + $0.fileExtension) ?? false } ?? sniffed
    }

    /// Whether an archive begins with parts that every package of Office Open XML has (ECMA-376 part 2).
    private static func isPackage(_ head: [UInt8]) -> Bool {
        // The name stands at 30 bytes from the beginning of an entry (APPNOTE.TXT, 4.3.7).
        head.has("[Content_Types].xml", at: 30) || head.has("_rels/.rels", at: 30)
    }
}
