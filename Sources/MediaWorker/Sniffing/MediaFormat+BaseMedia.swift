import MediaModel

extension MediaFormat {
    /// Detects ISO base media files by their brands (ISO/IEC 14496-12, 4.3), and QuickTime files that predate brands.
    init?(baseMedia head: [UInt8]) {
        guard let header = BoxHeader(Array(head.prefix(16))), head.count >= 12 else { return nil }
        guard header.type == "ftyp" else {
            guard Self.isQuickTime(head, header) else { return nil }
            self = .quickTime
            return
        }
        guard let length = header.length, (header.headerLength + 4...Self.maximumFileType).contains(length) else {
            return nil
        }
        // The compatible brands follow the major brand and its version.
        let (start, end) = (header.headerLength, min(length, head.count))
        let brands = ([start] + Array(stride(from: start + 8, to: end, by: 4))).compactMap { offset in
            offset + 4 <= head.count ? String(decoding: head[offset..<offset + 4], as: UTF8.self) : nil
        }
        guard let container = MediaFormat(major: brands.first ?? "", compatible: brands.dropFirst()) else { return nil }
        self = container
    }

    /// The maximum length of `ftyp`, in bytes; files list a few dozen brands.
    private static let maximumFileType = 64 << 10

    private init?(major: String, compatible: ArraySlice<String>) {
        switch major {
        case "qt  ": self = .quickTime
        case "M4V ", "M4VH", "M4VP": self = .m4v
        case "M4A ", "M4B ", "M4P ": self = .m4a
        case "avif", "avis": self = .avif
        case "mif1", "mif2", "msf1":
            self = compatible.contains("avif") || compatible.contains("avis") ? .avif : .heic
        case "heic", "heix", "heim", "heis", "hevc", "hevx": self = .heic
        case "jp2 ", "jpx ", "jpm ", "mjp2", "crx ": return nil
        case _ where major.hasPrefix("3g2"): self = .threeGPP2
        case _ where major.hasPrefix("3gp") || major.hasPrefix("3gs"): self = .threeGP
        default: self = .mp4
        }
    }

    /// The boxes with which a file without brands can begin, and those that may follow them.
    private static let first: Set = ["moov", "mdat", "wide", "free", "skip", "pnot"]
    private static let following = first.union(["ftyp", "moof", "udta", "uuid", "meta", "PICT", "junk"])
    private static let indexChildren: Set = [
        "mvhd", "cmov", "trak", "udta", "iods", "rmra", "prfl", "clip", "ctab", "meta",
    ]
    /// The maximum length of padding, in bytes.
    private static let maximumPadding = 64 << 20

    /// Whether consecutive boxes begin here. A single type proves nothing: texts and other files have the same letters there.
    private static func isQuickTime(_ head: [UInt8], _ header: BoxHeader) -> Bool {
        // Four letters are a length of more than 500 MB, which no box but media data has.
        guard first.contains(header.type),
            head[0..<4].contains(where: { !(9...13).contains($0) && $0 < 32 || $0 > 126 })
        else { return false }
        let length = header.length ?? .max
        switch header.type {
        case "wide" where length != 8, "pnot" where length > 4096: return false
        case "free" where length > maximumPadding, "skip" where length > maximumPadding: return false
        case "moov":
            guard length >= header.headerLength + 8, head.count >= header.headerLength + 8 else { return false }
            let type = String(decoding: head[header.headerLength + 4..<header.headerLength + 8], as: UTF8.self)
            return indexChildren.contains(type)
        default: break
        }
        guard length <= head.count - 8 else { return true }
        guard let next = BoxHeader(Array(head[length..<min(length + 16, head.count)])) else { return false }
        return following.contains(next.type)
    }
}
