/// A file that tries to have another one opened, or an address.
public struct Disguise: Sendable, CustomStringConvertible {
    /// A short description.
    public let name: String
    /// What must become of it.
    public let expectedResult: HostileFile.ExpectedResult
    private let make: @Sendable (Bait) throws -> [UInt8]

    /// What it tries to have opened.
    public struct Bait: Sendable {
        /// A file's path.
        public let file: String
        /// An address at which the test listens: `127.0.0.1:1234`.
        public let address: String

        /// A file and an address.
        public init(file: String, address: String) {
            self.file = file
            self.address = address
        }

        var urls: [String] {
            ["file://\(file)", file, "http://\(address)/a.ts", "tcp://\(address)", "rtsp://\(address)/"]
        }
    }

    /// All of it, with `bait` on its hook.
    public func bytes(_ bait: Bait) throws -> [UInt8] { try make(bait) }

    /// The name.
    public var description: String { name }

    private init(
        _ name: String, _ expectedResult: HostileFile.ExpectedResult,
        _ make: @escaping @Sendable (Bait) throws -> [UInt8]
    ) {
        self.name = name
        self.expectedResult = expectedResult
        self.make = make
    }

    /// Every one of them.
    public static let all: [Disguise] =
        scripts.flatMap { name, script -> [Disguise] in
            [
                Disguise(name, unsupported) { text(script($0)) },
                Disguise("\(name) behind a brand", .rejected("truncated")) { fileType + text(script($0)) },
                Disguise("\(name) in media data", unreadable) { fileType + box("mdat", text(script($0))) },
                Disguise("\(name) behind a tag", unsupported) { ID3.tag(claiming: 0) + text("\n" + script($0)) },
                Disguise("\(name) as a WAVE", unreadable) { Pictures.riff("WAVE", text(script($0))) },
            ]
        } + references

    private static let unsupported = HostileFile.ExpectedResult.rejected("unsupported")
    private static let unreadable = HostileFile.ExpectedResult.rejected("unreadable")

    private static let scripts: [(String, @Sendable (Bait) -> String)] = [
        (
            "an HLS playlist",
            { bait in
                "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n"
                    + "#EXT-X-KEY:METHOD=AES-128,URI=\"http://\(bait.address)/key\"\n"
                    + bait.urls.map { "#EXTINF:10.0,\n\($0)\n" }.joined() + "#EXT-X-ENDLIST\n"
            }
        ),
        (
            "a DASH manifest",
            { bait in
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><Period>"
                    + bait.urls.map { "<BaseURL>\($0)</BaseURL>" }.joined()
                    + "<AdaptationSet><Representation id=\"1\"/></AdaptationSet></Period></MPD>"
            }
        ),
        ("a concat script", { bait in "ffconcat version 1.0\n" + bait.urls.map { "file '\($0)'\n" }.joined() }),
        (
            "a session description",
            { bait in
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
                    + "m=video \(bait.address.split(separator: ":").last ?? "0") RTP/AVP 96\na=rtpmap:96 H264/90000\n"
            }
        ),
        ("a subtitle index", { bait in "# VobSub index file, v7\nid: en, index: 0\n# \(bait.file)\n" }),
    ]

    private static let references: [Disguise] = [
        Disguise("a movie whose samples are at a URL", .accepted("video")) { bait in
            try referring(fullBox("url ", text("http://\(bait.address)/a.mov") + [0]))
        },
        Disguise("a movie whose samples are in a file", .accepted("video")) { bait in
            try referring(fullBox("url ", text("file://\(bait.file)") + [0]))
        },
        Disguise("a movie whose samples are behind an alias", unreadable) { bait in
            try referring(fullBox("alis", alias(bait.file)))
        },
        Disguise("a movie whose samples are behind a name", .accepted("video")) { bait in
            try referring(fullBox("urn ", text("urn:x") + [0] + text("file://\(bait.file)") + [0]))
        },
        Disguise("a reference movie", unreadable) { bait in
            box("ftyp", text("qt  "), zeros(4), text("qt  "))
                + box(
                    "moov",
                    box(
                        "rmra",
                        bait.urls.flatMap { url in
                            box("rmda", fullBox("rdrf", text("url "), big(UInt32(url.utf8.count + 1)), text(url) + [0]))
                        }))
        },
        Disguise("a Matroska file that goes on in another", .accepted("video")) { bait in
            Matroska.pictures(try sample("image/orientation-1.jpg")).changed {
                // The next segment's file name.
                $0.extras = element(0x1549_A966, element(0x3E83BB, text(bait.file)), element(0x3EB923, zeros(16)))
            }.bytes
        },
    ]

    private static func referring(_ reference: [UInt8]) throws -> [UInt8] {
        Movie.pictures(try sample("image/orientation-1.jpg")).changed { $0.tracks[0].reference = reference }.bytes
    }

    /// A QuickTime alias record, as FFmpeg reads it: a volume, a name and, in an item of type 2, a path.
    private static func alias(_ path: String) -> [UInt8] {
        let name = text(String(path.split(separator: "/").last ?? ""))
        let volume = [UInt8(4)] + text("root") + zeros(23)
        let file = [UInt8(name.count)] + name + zeros(63 - name.count)
        let item = big(UInt16(2)) + big(UInt16(path.utf8.count)) + text(path) + zeros(path.utf8.count & 1)
        let levels = big(UInt16(1)) + big(UInt16(1))
        let record = joined(
            zeros(4), big(UInt16(200)), big(UInt16(2)), zeros(2), volume, zeros(12), file, zeros(16), levels, zeros(16),
            item, [0xFF, 0xFF, 0, 0])
        return record
    }
}
