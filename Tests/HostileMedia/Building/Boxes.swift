/// A box of ISO base media: its size, its type, its content.
func box(_ type: String, _ content: [UInt8]...) -> [UInt8] {
    let content = content.flatMap { $0 }
    return big(UInt32(content.count + 8)) + text(type) + content
}

/// A box with a version and flags.
func fullBox(_ type: String, version: UInt8 = 0, flags: UInt32 = 0, _ content: [UInt8]...) -> [UInt8] {
    box(type, [version], big24(flags), content.flatMap { $0 })
}

/// A box whose declared size differs from its real one.
func boxWithWrongSize(_ type: String, size: UInt32, _ content: [UInt8] = []) -> [UInt8] {
    big(size) + text(type) + content
}

/// A box with a 64-bit size field, whatever its content.
func longBox(_ type: String, size: UInt64, _ content: [UInt8] = []) -> [UInt8] {
    big(UInt32(1)) + text(type) + big(size) + content
}

let fileType = box("ftyp", text("isom"), big(UInt32(512)), text("isommp41"))

/// A table of `stbl`: the declared number of entries, and the real entries.
func table(_ type: String, count: UInt32, _ entries: [UInt32] = []) -> [UInt8] {
    fullBox(type, big(count), entries.flatMap { big($0) })
}
