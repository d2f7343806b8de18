import Foundation
import MediaModel
import TestPrograms
import Testing

@testable import MediaWorker

@Suite("Archives, compressed files and programs")
struct ArchiveTests {
    /// What the `file` command calls some of them.
    private static let otherNames = ["application/x-rar": "application/vnd.rar"]

    @Test(
        "an archive has the type that the file command prints",
        arguments: [
            "w:ustar", "w:gnu", "w:pax", "w:v7", "w:gz", "w:bz2", "w:xz", "gzip", "bzip2", "xz", "empty.gz",
            "empty.bz2", "empty.xz",
        ])
    func reference(kind: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a")
        let script = """
            import bz2, gzip, io, lzma, sys, tarfile
            kind, path, name = sys.argv[1:]
            if kind.startswith('w:'):
                form = {'ustar': tarfile.USTAR_FORMAT, 'gnu': tarfile.GNU_FORMAT, 'pax': tarfile.PAX_FORMAT}
                mode = kind if kind[2:] in ('gz', 'bz2', 'xz') else 'w'
                with tarfile.open(path, mode, format=form.get(kind[2:], tarfile.USTAR_FORMAT)) as archive:
                    archive.add(name, 'a \\u00fc.mp3')
                if kind == 'w:v7':
                    data = bytearray(open(path, 'rb').read())
                    data[257:345] = bytes(88)
                    data[148:156] = b' ' * 8
                    data[148:156] = b'%06o\\0 ' % sum(data[:512])
                    open(path, 'wb').write(data)
            else:
                data = b'' if kind.startswith('empty') else open(name, 'rb').read()
                pack = {'gz': gzip, 'bz': bz2, 'xz': lzma}[kind.split('.')[-1][:2]]
                open(path, 'wb').write(pack.compress(data))
            """
        try run("python3", "-c", script, kind, path, "\(samples)/voice/voice.mp3")
        let type = try run("file", "--brief", "--mime-type", path).output
        let expected = String(decoding: type, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let found = try content([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        #expect(found.kind == .document && found.mimeType == Self.otherNames[expected] ?? expected)
        #expect(found.fileExtension != "bin")
        #expect(found.mayBeDeclared(as: found.mimeType) && found.mayBeDeclared(as: "application/octet-stream"))
        #expect(DeclaredFile(mimeType: found.mimeType, size: 1)?.fileExtension == found.fileExtension)
    }

    @Test("a program is one where its second header is where the first says")
    func programs() throws {
        var bytes = Array("MZ".utf8) + [UInt8](repeating: 0, count: 510)
        #expect(try content(bytes).fileExtension == "bin")
        bytes[0x3C] = 0x80
        #expect(try content(bytes).fileExtension == "bin")
        bytes.replaceSubrange(0x80..<0x84, with: Array("PE\0\0".utf8))
        #expect(try content(bytes).mimeType == "application/vnd.microsoft.portable-executable")
    }

    @Test(
        "words of archives in a text, or a sum that is wrong, make none",
        arguments: ["BZh9 is", "Rar! it is", "7z or not", "MZ is a place", "PE", "(\u{B5}/"])
    func texts(text: String) throws {
        #expect(try content(Array(text.utf8)).textEncoding != nil)
        var header = [UInt8](repeating: 0, count: 512)
        header.replaceSubrange(0..<5, with: Array("a.txt".utf8))
        header.replaceSubrange(148..<156, with: Array("001234\0 ".utf8))
        #expect(try content(header).fileExtension == "bin")
    }

    @Test("where only certain documents are taken, an archive is rejected as before")
    func lists() throws {
        let policy = MediaPolicy(kinds: [.document], documentFormats: ["pdf", "doc", "docx"])
        let gzip: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(rejection { () throws(MediaError) in try inspectBytes(gzip, policy) } == .unsupported)
        #expect(rejection { () throws(MediaError) in try inspectBytes(gzip) } == .unsupported)
    }
}
