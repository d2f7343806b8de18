extension DocumentType {
    private static let tar = DocumentType(mimeType: "application/x-tar", fileExtension: "tar")
    private static let program = DocumentType(
        mimeType: "application/vnd.microsoft.portable-executable", fileExtension: "exe")

    /// Formats with a signature that no text has.
    private static let signatures: [(signature: [UInt8], type: DocumentType)] = [
        ([0x1F, 0x8B, 8], DocumentType(mimeType: "application/gzip", fileExtension: "gz")),
        ([0xFD] + Array("7zXZ\0".utf8), DocumentType(mimeType: "application/x-xz", fileExtension: "xz")),
        ([0x28, 0xB5, 0x2F, 0xFD], DocumentType(mimeType: "application/zstd", fileExtension: "zst")),
        (
            Array("7z".utf8) + [0xBC, 0xAF, 0x27, 0x1C],
            DocumentType(mimeType: "application/x-7z-compressed", fileExtension: "7z")
        ),
        (Array("Rar!\u{1A}\u{7}\0".utf8), rar), (Array("Rar!\u{1A}\u{7}\u{1}\0".utf8), rar),
    ]
    private static let rar = DocumentType(mimeType: "application/vnd.rar", fileExtension: "rar")
    private static let bzip2 = DocumentType(mimeType: "application/x-bzip2", fileExtension: "bz2")

    /// Archives, compressed files and programs, none of which are opened.
    static let archives = [tar, program, bzip2] + Array(Set(signatures.map(\.type)))

    /// Detects an archive by its signature and the structure that follows it.
    static func archive(_ head: [UInt8]) -> DocumentType? {
        if let found = signatures.first(where: { head.starts(with: $0.signature) }) { return found.type }
        if isBzip2(head) { return bzip2 }
        if isProgram(head) { return program }
        return isTar(head) ? tar : nil
    }

    /// The compression level, followed by pi for a block or the square root of pi for the end of the file.
    private static func isBzip2(_ head: [UInt8]) -> Bool {
        head.has("BZh") && head.count >= 10 && (0x31...0x39).contains(head[3])
            && [0x3141_5926_5359, 0x1772_4538_5090].contains(head.bigEndian(4, 6))
    }

    /// A DOS program with the offset of a Windows program at byte 60.
    private static func isProgram(_ head: [UInt8]) -> Bool {
        guard head.has("MZ"), let offset = head.littleEndian(0x3C, 4) else { return false }
        return offset >= 0x40 && head.has("PE\0\0", at: offset)
    }

    /// The first header of any variant of TAR (POSIX.1-1988, 10.1.1): its octal checksum is the sum of its bytes, with blanks in
    /// place of the checksum.
    private static func isTar(_ head: [UInt8]) -> Bool {
        guard head.count >= 512, head[0] != 0 else { return false }
        let digits = head[148..<156].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        let rest = head[148..<156].drop { $0 == 0x20 }.dropFirst(digits.count)
        guard !digits.isEmpty, rest.allSatisfy({ $0 == 0 || $0 == 0x20 }) else { return false }
        let sum = digits.reduce(0) { $0 << 3 | Int($1 & 7) }
        let blanks = 8 * 0x20
        let others = head[..<148] + head[156..<512]
        // Some writers sum signed bytes.
        return sum == others.reduce(blanks) { $0 + Int($1) }
            || sum == others.reduce(blanks) { $0 + Int(Int8(bitPattern: $1)) }
    }
}
