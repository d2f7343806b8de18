import CZlib

/// Removes metadata from a PNG or an APNG (PNG, third edition; W3C): chunks that decoders do not need are dropped, and of Exif the
/// orientation is kept. What follows the last chunk is dropped.
struct PNGMetadataSteps: FilterSteps {
    /// The chunks of which pictures and their colours consist. Those with a capital initial are kept in any case.
    private static let kept: Set = [
        "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "bKGD", "hIST", "pHYs", "sPLT", "acTL", "fcTL", "fdAT", "cICP",
        "mDCV", "mDCv", "cLLI", "cLLi", "oFFs", "pCAL", "sCAL", "sTER",
    ]
    private static let texts: Set = ["tEXt", "zTXt", "iTXt"]
    /// The maximum length of a keyword with its end, in bytes (11.3.3.2).
    private static let maximumKeyword = 80
    /// The maximum length of an Exif chunk that is examined, in bytes; a longer one is dropped.
    private static let maximumExif = 1 << 20

    private enum State {
        case signature, between, header, exif, ended
        /// The beginning of a text, behind its header.
        case text([UInt8], length: Int)
    }

    let removesAll: Bool
    private var state = State.signature
    /// Whatever is not understood is dropped.
    var isClean: Bool { true }

    init(_ removal: MetadataRemoval) { removesAll = removal == .all }

    mutating func next(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        switch state {
        case .signature:
            state = .between
            return .pass(8)
        case .between:
            state = .header
            return .collect(8)
        case .header: return header(bytes, &output)
        case .ended: return .drop(.max)
        case .exif:
            let block = ExifBlock.shortened(Array(bytes.dropLast(4)), removesAll: removesAll)
            if let block { output.write(Self.chunk("eXIf", block)) }
            state = .between
            return .pass(0)
        case .text(let header, let length):
            state = .between
            let keyword = bytes.prefix { $0 != 0 }
            guard !BaseMediaPolicy.isPlace(keyword), !Self.isContainer(keyword) else {
                return .drop(length + 4 - bytes.count)
            }
            output.write(header + bytes)
            return .pass(length + 4 - bytes.count)
        }
    }

    private mutating func header(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        let (length, type) = (bytes.bigEndian(0, 4) ?? 0, String(decoding: bytes[4...], as: UTF8.self))
        state = .between
        if type == "IEND" {
            output.keep(bytes)
            state = .ended
            return .pass(length + 4)
        }
        if bytes[4] & 0x20 == 0 || Self.kept.contains(type) {
            output.keep(bytes)
            return .pass(length + 4)
        }
        if type == "eXIf", length <= Self.maximumExif {
            state = .exif
            return .collect(length + 4)
        }
        if type == "tIME", !removesAll {
            output.keep(bytes)
            return .pass(length + 4)
        }
        guard !removesAll, Self.texts.contains(type), length > 0 else { return .drop(length + 4) }
        state = .text(bytes, length: length)
        return .collect(min(length, Self.maximumKeyword))
    }

    /// Whether a text contains metadata of another format.
    private static func isContainer(_ keyword: ArraySlice<UInt8>) -> Bool {
        let name = String(decoding: keyword, as: UTF8.self).lowercased()
        return name.hasPrefix("raw profile") || name.contains("xmp") || name.contains("exif") || name.contains("iptc")
    }

    private static func chunk(_ type: StaticString, _ content: [UInt8]) -> [UInt8] {
        let bytes = type.withUTF8Buffer { Array($0) } + content
        let checksum = bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        let numbers = [UInt32(content.count), UInt32(truncatingIfNeeded: checksum)].map { number in
            withUnsafeBytes(of: number.bigEndian) { Array($0) }
        }
        return numbers[0] + bytes + numbers[1]
    }
}
