import MediaModel
import Testing

@testable import MediaWorker

struct DeclaredTypeTests {
    private static let openXML = "application/vnd.openxmlformats-officedocument."

    @Test(
        "documents are detected by their first bytes",
        arguments: [
            ("%PDF-1.7", "application/pdf", "pdf"),
            (
                "PK\u{3}\u{4}" + String(repeating: "-", count: 26) + "word/document.xml",
                openXML + "wordprocessingml.document", "docx"
            ),
            (
                "PK\u{3}\u{4}" + String(repeating: "-", count: 26) + "[Content_Types].xmlPK\u{3}\u{4}"
                    + String(repeating: "-", count: 26) + "xl/workbook.xml", openXML + "spreadsheetml.sheet", "xlsx"
            ),
            ("PK\u{3}\u{4}" + String(repeating: "-", count: 26) + "notes/word/a.txt", "application/zip", "zip"),
            ("PK\u{3}\u{4}", "application/zip", "zip"),
        ])
    func documents(head: String, mimeType: String, fileExtension: String) {
        let type = DocumentType(sniffing: Array(head.utf8))
        #expect(type.mimeType == mimeType && type.fileExtension == fileExtension)
    }

    @Test("an OLE 2 file is a compound file")
    func compound() {
        #expect(DocumentType(sniffing: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0]) == .compound)
    }

    @Test(
        "content may be declared as its own type, or as an equally right one",
        arguments: [
            ("image/png", "image/png", true), ("image/png", "image/jpeg", false),
            ("text/plain; charset=utf-8", "text/plain", true), ("video/x-m4v", "video/mp4", true),
            ("video/mp4", "video/x-m4v", false), ("audio/webm", "video/webm", false),
            ("application/x-cfb", "application/msword", true), ("application/x-cfb", "application/pdf", false),
            ("application/zip", openXML + "spreadsheetml.sheet", true),
            (openXML + "spreadsheetml.sheet", openXML + "wordprocessingml.document", false),
            ("application/octet-stream", "text/plain", false), ("application/x-tar", "application/octet-stream", true),
            ("application/pdf", "application/octet-stream", true), ("application/x-tar", "application/gzip", false),
        ])
    func declared(content: String, declared: String, isTaken: Bool) {
        let inspection = Inspection(kind: .document, container: "file", mimeType: content, fileExtension: "x")
        #expect(inspection.mayBeDeclared(as: declared) == isTaken)
    }
}
