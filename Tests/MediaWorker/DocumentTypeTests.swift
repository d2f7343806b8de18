import Testing

@testable import MediaWorker

@Suite("Documents by their content")
struct DocumentTypeTests {
    private static let zip = "PK\u{3}\u{4}" + String(repeating: "\0", count: 26)
    private static let compound: [UInt8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]

    @Test(
        "an Office file is recognized by the folder of its parts, by its name only where they do not say",
        arguments: [
            (zip + "word/document.xml", "x.bin", "docx"), (zip + "xl/workbook.xml", nil, "xlsx"),
            (zip + "[Content_Types].xml" + zip + "ppt/presentation.xml", "x.docx", "pptx"),
            (zip + "_rels/.rels" + zip + "docProps/app.xml", "Plan.XLSX", "xlsx"),
            (zip + "[Content_Types].xml", "plan.exe", "zip"), (zip + "evil.exe", "plan.docx", "zip"),
            ("%PDF-1.4", "x.docx", "pdf"), ("word/ and ppt/\u{0}", "x.docx", "bin"),
        ])
    func office(head: String, name: String?, fileExtension: String) {
        #expect(DocumentType(sniffing: Array(head.utf8), filename: name).fileExtension == fileExtension)
    }

    @Test(
        "a compound file is what its name says, of those that are compound files",
        arguments: [("a.doc", "doc"), ("a.XLS", "xls"), ("a.ppt", "ppt"), ("a.exe", "cfb"), (nil, "cfb")])
    func compound(name: String?, fileExtension: String) {
        #expect(DocumentType(sniffing: Self.compound, filename: name).fileExtension == fileExtension)
    }
}
