/// Which boxes are kept, by where they are. Boxes that are not listed are removed, except among sample tables and fragments: those can
/// be needed to decode.
struct BaseMediaPolicy {
    private static let top: Set = [
        "ftyp", "styp", "sidx", "ssix", "mfra", "pdin", "emsg", "wide", "pnot", "PICT", "pssh",
    ]
    private static let index: Set = ["mvex", "iods", "cmov", "rmra", "ctab", "clip", "prfl", "pssh", "ainf", "mdra"]
    private static let track: Set = ["edts", "tref", "load", "imap", "clip", "matt", "kmat", "tapt", "trgr", "senc"]
    /// User data without a place: names and rights (3GPP TS 26.244, section 8), and how QuickTime's player shows the film.
    private static let placeless: Set = [
        "titl", "dscp", "cprt", "perf", "auth", "gnre", "albm", "yrrc", "rtng", "clsf", "kywd", "name", "hnti", "hinf",
        "tsel", "chpl", "WLOC", "LOOP", "SelO", "AllF", "manu", "modl", "date", "cdat", "kind", "strk", "elng", "tagc",
    ]

    let removesAll: Bool
    /// Whether the `meta` box of the file lists the items of a picture.
    let isPicture: Bool

    /// What to do with a box.
    /// - Parameters:
    ///   - name: its type; invalid characters are replaced.
    ///   - isInternational: whether it begins with the byte 0xA9, as QuickTime's texts do.
    func action(_ name: String, isInternational: Bool, in parent: BaseMediaContainer) -> BaseMediaAction {
        switch (parent, name) {
        case (.file, "mdat"), (.file, "imda"): .mediaData
        case (.file, "moov"): .open(.index)
        case (.file, "moof"): .open(.fragment)
        case (.file, "meta") where isPicture: .items
        case (.file, "prft") where !removesAll: .keep
        case (.file, _) where Self.top.contains(name): .keep
        case (.index, "mvhd"), (.media, "mdhd"): removesAll ? .edit(.times) : .keep
        case (.index, "trak"): .open(.track)
        case (.index, _) where Self.index.contains(name): .keep
        case (.track, "tkhd"): .edit(.trackHeader)
        case (.track, "mdia"): .open(.media)
        case (.track, _) where Self.track.contains(name): .keep
        case (.media, "hdlr"), (.mediaInformation, "hdlr"), (.metadata, "hdlr"): .edit(.handler)
        case (.media, "minf"): .open(.mediaInformation)
        case (.mediaInformation, "stbl"): .open(.sampleTable)
        case (.sampleTable, "stsd"): removesAll ? .edit(.sampleDescriptions) : .keep
        case (.fragment, "traf"): .open(.trackFragment)
        case (.trackFragment, "tfhd"): .edit(.fragmentHeader)
        case (.metadata, "ilst"): .open(.metadataItems)
        case (.metadata, "keys"): removesAll ? .free : .edit(.keys)
        case (.userData, _): userData(name, isInternational)
        case (_, "udta") where parent != .metadata && parent != .metadataItems: .open(.userData)
        case (_, "meta") where parent != .metadata && parent != .metadataItems: .open(.metadata)
        case (.metadataItems, "----"): .edit(.namedItem)
        case (.metadataItems, _):
            removesAll || name == "loci" || isInternational && name.hasSuffix("xyz") ? .free : .keep
        case (.file, "uuid"), (.index, "uuid"), (.track, "uuid"), (.userData, "uuid"): .extended
        case (.media, _), (.mediaInformation, _), (.sampleTable, _), (.fragment, _), (.trackFragment, _):
            name == "free" || name == "skip" ? .free : .keep
        default: .free
        }
    }

    private func userData(_ name: String, _ isInternational: Bool) -> BaseMediaAction {
        if name == "meta" { return .open(.metadata) }
        if removesAll { return .free }
        return isInternational && !name.hasSuffix("xyz") || Self.placeless.contains(name) ? .keep : .free
    }

    /// Whether a box with this extended type is kept.
    func keeps(extended type: [UInt8]) -> Bool {
        let name = type.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        // How a sphere is projected; it also names the software.
        if name == "ffcc8263f8554a938814587a02521fdd" { return !removesAll }
        return Self.extendedTypes.contains(name)
    }

    /// Encryption and times of fragments (Protected Interoperable File Format, section 5.3).
    private static let extendedTypes: Set = [
        "a2394f525a9b4f14a2446c427c648df4", "8974dbce7be74c5184f97148f9882554", "d08a4f1810f34a82b6c832d8aba183d3",
        "6d1d9b0542d544e680e2141daff757b2", "d4807ef2ca3946958e5426cb9e46a79f",
    ]

    /// Whether the samples of a track with this handler are metadata.
    static func isMetadata(handler: ArraySlice<UInt8>) -> Bool {
        ["meta", "camm", "fdsc"].contains(String(decoding: handler, as: UTF8.self))
    }

    /// Whether a name, of a key or of an item, is that of a place.
    static func isPlace(_ name: some Sequence<UInt8>) -> Bool {
        let name = String(decoding: Array(name), as: UTF8.self).lowercased()
        return ["location", "gps", "iso6709", "latitude", "longitude", "geo"].contains { name.contains($0) }
    }
}
