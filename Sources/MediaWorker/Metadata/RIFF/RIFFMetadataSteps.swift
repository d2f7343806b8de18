/// Removes metadata from a RIFF file (WebP, RFC 9649; WAVE; AVI). Every byte keeps its place: chunks are overwritten, or become
/// `JUNK`. Behind the end that a WebP states, bytes are dropped.
struct RIFFMetadataSteps: FilterSteps {
    private static let picture: Set = ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]
    /// Chunks of WAVE and AVI with metadata (Exif 2.3, 5.5; EBU Tech 3285; and what programs write).
    private static let metadata: Set = [
        "bext", "iXML", "aXML", "axml", "_PMX", "cart", "id3 ", "ID3 ", "SAUR", "afsp", "LGWV", "JUNK", "PAD ", "FLLR",
    ]
    /// Lists in which the chunks of a film are.
    private static let lists: Set = ["hdrl", "strl", "odml"]
    /// The maximum length of Exif that is examined, in bytes; longer chunks are overwritten.
    private static let maximumExif = 1 << 20

    private enum State {
        case form, formHeader, between, header
        case list([UInt8], length: Int)
        case exif(rest: Int), packet(rest: Int)
    }

    let removesAll: Bool
    let isWebP: Bool
    private var state = State.form
    /// The offset behind the bytes that steps were decided for, and the end that the file states.
    private var offset = 0
    private var end = Int.max
    private(set) var isClean = true

    init(_ removal: MetadataRemoval, isWebP: Bool) {
        removesAll = removal == .all
        self.isWebP = isWebP
    }

    mutating func next(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        switch state {
        case .form:
            state = .formHeader
            return take(12, FilterStep.collect)
        case .formHeader:
            output.keep(bytes)
            if isWebP { end = 8 + (bytes.littleEndian(4, 4) ?? 0) }
            state = .between
            return .pass(0)
        case .between:
            guard offset < end else { return .drop(.max) }
            state = .header
            return take(8, FilterStep.collect)
        case .header: return header(bytes, &output)
        case .list(let header, let length): return list(header, bytes, length, &output)
        case .exif(let rest):
            let prefix = bytes.has("Exif\0\0") ? 6 : 0
            output.write(bytes[..<prefix] + ExifBlock.edited(Array(bytes[prefix...]), removesAll: removesAll))
            state = .between
            return take(rest, FilterStep.blank)
        case .packet(let rest):
            output.write(XMPPacket.empty(bytes.count))
            state = .between
            return take(rest, FilterStep.blank)
        }
    }

    private mutating func header(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        let type = String(decoding: bytes[..<4], as: UTF8.self)
        let length = bytes.littleEndian(4, 4) ?? 0
        let padded = length + length & 1
        state = .between
        if isWebP { return webP(type, bytes, padded, length, &output) }
        guard bytes[..<4].allSatisfy({ (32...126).contains($0) }) else {
            isClean = false
            output.keep(bytes)
            return take(.max, FilterStep.pass)
        }
        switch type {
        // The length is elsewhere, or was never written.
        case "data" where length == 0xFFFF_FFFF || length == 0:
            isClean = false
            output.keep(bytes)
            return take(.max, FilterStep.pass)
        case "LIST" where length >= 4, "RIFF" where length >= 4:
            state = .list(bytes, length: padded)
            return take(4, FilterStep.collect)
        case "IDIT", "ISMP", "strn":
            return removesAll ? blank(bytes, padded, &output) : keep(bytes, padded, &output)
        case _ where Self.metadata.contains(type): return blank(bytes, padded, &output)
        default: return keep(bytes, padded, &output)
        }
    }

    private mutating func webP(
        _ type: String, _ bytes: [UInt8], _ padded: Int, _ length: Int, _ output: inout FilterOutput
    ) -> FilterStep {
        if Self.picture.contains(type) { return keep(bytes, padded, &output) }
        switch type {
        case "EXIF":
            output.keep(bytes)
            let count = min(length, Self.maximumExif)
            guard count > 0 else { return .pass(0) }
            state = .exif(rest: padded - count)
            return take(count, FilterStep.collect)
        case "XMP ":
            // The header announces the chunk: it stays, with a document that says nothing.
            output.keep(bytes)
            let count = min(length, Self.maximumExif)
            guard count > 0 else { return .pass(0) }
            state = .packet(rest: padded - count)
            return take(count, FilterStep.collect)
        default: return blank(bytes, padded, &output)
        }
    }

    private mutating func list(
        _ header: [UInt8], _ bytes: [UInt8], _ length: Int, _ output: inout FilterOutput
    ) -> FilterStep {
        let type = String(decoding: bytes, as: UTF8.self)
        state = .between
        // The chunks of film are not examined one by one.
        if header.has("RIFF") || Self.lists.contains(type) {
            output.write(header + bytes)
            return .pass(0)
        }
        let isPlace = type == "INFO" || type == "exif" || type == "ncdt" || type == "hydt" || type == "pntx"
        guard isPlace && (removesAll || type != "INFO") else {
            output.write(header + bytes)
            return take(length - 4, FilterStep.pass)
        }
        output.write(Array("JUNK".utf8) + header[4...] + [0, 0, 0, 0])
        return take(length - 4, FilterStep.blank)
    }

    private mutating func keep(_ header: [UInt8], _ count: Int, _ output: inout FilterOutput) -> FilterStep {
        output.keep(header)
        return take(count, FilterStep.pass)
    }

    private mutating func blank(_ header: [UInt8], _ count: Int, _ output: inout FilterOutput) -> FilterStep {
        output.write(Array("JUNK".utf8) + header[4...])
        return take(count, FilterStep.blank)
    }

    private mutating func take(_ count: Int, _ step: (Int) -> FilterStep) -> FilterStep {
        offset = offset.addingReportingOverflow(count).overflow ? .max : offset + count
        return step(count)
    }
}
