extension DocumentType {
    /// Office files before 2007: compound files ([MS-CFB]), told apart by a directory that may be anywhere in the file.
    static let legacyOffice = [
        DocumentType(mimeType: "application/msword", fileExtension: "doc"),
        DocumentType(mimeType: "application/vnd.ms-excel", fileExtension: "xls"),
        DocumentType(mimeType: "application/vnd.ms-powerpoint", fileExtension: "ppt"),
    ]

    /// Detects the type by the first bytes, and by the file's name where these do not tell which Office program wrote it.
    init(sniffing head: [UInt8], filename: String?) {
        let sniffed = DocumentType(sniffing: head)
        let candidates =
            switch sniffed {
            case .compound: Self.legacyOffice
            case .zip where Self.isPackage(head):
                Self.sniffed.filter { ["docx", "xlsx", "pptx"].contains($0.fileExtension) }
            default: [DocumentType]()
            }
        self = candidates.first { filename?.lowercased().hasSuffix("." + $0.fileExtension) ?? false } ?? sniffed
    }

    /// Whether an archive begins with parts that every package of Office Open XML has (ECMA-376, part 2).
    private static func isPackage(_ head: [UInt8]) -> Bool {
        // The name begins 30 bytes into an entry (APPNOTE.TXT, 4.3.7).
        head.has("[Content_Types].xml", at: 30) || head.has("_rels/.rels", at: 30)
    }
}
