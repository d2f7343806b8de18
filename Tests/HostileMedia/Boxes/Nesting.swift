extension HostileFile {
    private static let damaged = ExpectedResult.rejected("unreadable")

    /// Boxes in boxes in boxes.
    public static let nesting: [HostileFile] = [
        HostileFile("a hundred thousand indices in each other", damaged) { fileType + nested("moov", 100_000) },
        HostileFile("a hundred thousand user data in each other", damaged) {
            Movie.pictures(try sample("image/orientation-1.jpg")).changed { $0.extras = nested("udta", 100_000) }.bytes
        },
        HostileFile("a hundred thousand metadata in each other", .accepted("video")) {
            Movie.pictures(try sample("image/orientation-1.jpg")).changed { $0.extras = nested("meta", 100_000) }.bytes
        },
        HostileFile("a hundred thousand tracks in each other", damaged) {
            fileType + box("moov", nested("trak", 100_000))
        },
        HostileFile("four million empty boxes", .accepted("video")) {
            Movie.pictures(try sample("image/orientation-1.jpg")).bytes + copies(4 << 20, box("free"))
        },
        HostileFile("a million boxes in the index", .accepted("video")) {
            Movie.pictures(try sample("image/orientation-1.jpg")).changed { $0.extras = copies(1 << 20, box("abcd")) }
                .bytes
        },
        HostileFile("ten thousand Matroska segments in each other", damaged) {
            Matroska.head + copies(10_000, endlessElement(0x1853_8067))
        },
        HostileFile("ten thousand Matroska chapters in each other", .accepted("video")) {
            Matroska.pictures(try sample("image/orientation-1.jpg")).changed {
                $0.extras = element(0x1043_A770, element(0x45B9, copies(10_000, endlessElement(0xB6))))
            }.bytes
        },
        HostileFile("ten thousand Matroska tags in each other", .accepted("video")) {
            let tag = (0..<1000).reduce([UInt8]()) { inner, _ in element(0x67C8, element(0x45A3, text("a")), inner) }
            return Matroska.pictures(try sample("image/orientation-1.jpg")).changed {
                $0.extras = element(0x1254_C367, element(0x7373, tag))
            }.bytes
        },
        HostileFile("RIFF lists in each other", damaged) {
            let lists = (0..<10_000).reversed().map { joined(text("LIST"), little(UInt32(12 * $0 + 4)), text("hdrl")) }
            return Pictures.riff("AVI ", lists.flatMap { $0 })
        },
    ]

    /// `count` boxes of one type, each all there is in the one before.
    private static func nested(_ type: String, _ count: Int) -> [UInt8] {
        (0..<count).reversed().flatMap { joined(big(UInt32(8 * $0 + 8)), text(type)) }
    }
}
