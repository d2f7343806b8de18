import Foundation

extension HostileFile {
    /// Files that deviate from their format's specification, or use features that few decoders support; browsers show
    /// all of them.
    public static let oddPictures: [HostileFile] = whole + damaged

    private static let seeds = [
        "arithmetic.jpg", "arithmetic-progressive.jpg", "inks-adobe.jpg", "inks-plain.jpg", "inks-profile.jpg",
        "profile.jpg", "profile.png", "profile.webp", "gray-profile.png", "places.png", "progressive.jpg",
        "tiny.png",
    ]

    private static let whole: [HostileFile] = seeds.map { name in
        HostileFile(name, .accepted("image")) { try seed(name) }
    }

    private static let damaged: [HostileFile] = [
        HostileFile("p3.mp4", .accepted("video")) { try seed("p3.mp4") },
        HostileFile("JPEG with bytes between its segments", .accepted("image")) {
            let jpeg = try sample("image/orientation-1.jpg")
            let frame = try Pictures.frameHeader(jpeg)
            return joined(Array(jpeg[..<frame]), [0x3F, 0, 0xFF, 0, 0xFF, 0xFF], Array(jpeg[frame...]))
        },
        HostileFile("JPEG without an end", .accepted("image")) { try seed("baseline.jpg").dropLast(2) },
        HostileFile("JPEG without an end, and another file behind it", .accepted("image")) {
            joined(try seed("baseline.jpg").dropLast(2), text("ftypmp42"), try seed("p3.mp4"))
        },
        HostileFile("progressive JPEG without an end, and another file behind it", .accepted("image")) {
            joined(try seed("progressive.jpg").dropLast(2), text("ftypmp42"), try seed("p3.mp4"))
        },
        HostileFile("progressive JPEG without an end", .accepted("image")) { try seed("progressive.jpg").dropLast(2) },
        HostileFile("progressive JPEG with half its scans and no end", .rejected("truncated")) {
            let jpeg = try seed("progressive.jpg")
            let scans = jpeg.indices.dropLast().filter { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDA }
            return Array(jpeg[..<scans[scans.count / 2]])
        },
        HostileFile("PNG without an end", .accepted("image")) { try seed("profile.png").dropLast(12) },
        HostileFile("PNG that ends within its pixels", .rejected("truncated")) {
            try seed("tiny.png").dropLast(30)
        },
        HostileFile("JPEG of 9,248 × 6,936", .accepted("image")) { try Pictures.jpeg(width: 9248, height: 6936) },
        HostileFile("JPEG whose profile is noise", .accepted("image")) {
            let jpeg = try seed("baseline.jpg")
            let noise = (0..<4000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }
            let content = joined(text("ICC_PROFILE\0"), [1, 1], noise)
            return joined(
                Array(jpeg[..<2]), [0xFF, 0xE2], big(UInt16(content.count + 2)), content, Array(jpeg[2...]))
        },
        HostileFile("PNG whose profile unpacks to gigabytes", .accepted("image")) {
            let bomb = Pictures.chunk("iCCP", text("x") + [0, 0] + Deflate.zeros(2 << 30))
            var png = try seed("tiny.png")
            png.insert(contentsOf: bomb, at: 33)
            return png
        },
    ]
}
