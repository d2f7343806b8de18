/// The header of an EBML element: its identifier and its size (RFC 8794, sections 5 and 6).
struct EBMLHeader {
    /// The identifier, with its length marker.
    let identifier: Int
    /// The size of the content in bytes; `nil` where it is unknown.
    let size: Int?
    /// The length of the identifier, in bytes.
    let width: Int
    /// The length of the header, in bytes.
    let length: Int

    /// Reads a header at the start of `bytes`; `nil` where there is none, or it is incomplete.
    init?(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return nil }
        let width = Self.width(first)
        guard width <= 4, let identifier = bytes.bigEndian(0, width), bytes.count > width else { return nil }
        let sizeWidth = Self.width(bytes[width])
        guard sizeWidth <= 8, let number = bytes.bigEndian(width, sizeWidth) else { return nil }
        let ones = 1 << (7 * sizeWidth) - 1
        (self.identifier, self.width) = (identifier, width)
        size = number & ones == ones ? nil : number & ones
        length = width + sizeWidth
    }

    /// The length in bytes, 1 to 9, of an identifier or a size that begins with `first`: at most 4 and 8 are valid.
    static func width(_ first: UInt8) -> Int { first.leadingZeroBitCount + 1 }
}
