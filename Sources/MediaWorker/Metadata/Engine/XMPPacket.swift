/// What takes the place of an XMP packet.
enum XMPPacket {
    private static let document = Array("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>".utf8)

    /// A document of `length` bytes that says nothing (XMP Specification Part 3, section 1.1): spaces may follow it.
    static func empty(_ length: Int) -> [UInt8] {
        let start = length >= document.count ? document : []
        return start + [UInt8](repeating: 0x20, count: length - start.count)
    }
}
