import Bytes

/// Removes comments from what a track of a Matroska file keeps for its decoder (RFC 9559, section 12; Matroska Codec Specifications).
enum CodecPrivateData {
    /// `bytes` with empty comments, of the same length: bytes of other codecs than Vorbis, Theora and FLAC have none.
    static func edited(_ bytes: [UInt8], _ removal: MetadataRemoval) -> [UInt8] {
        if bytes.has("fLaC") {
            var filter = SteppedFilter(FLACMetadataSteps(removal))
            return (filter.receive(ByteChunk(bytes)) + filter.finish()).flatMap { [UInt8]($0) }
        }
        guard let headers = laced(bytes) else { return bytes }
        var stream = OggStream(Array(bytes[headers[0]]), removesAll: removal == .all)
        guard stream.isKnown else { return bytes }
        var edited = bytes
        for header in headers {
            var packet = Array(bytes[header])
            stream.edit(&packet, segments: segments(packet.count))
            edited.replaceSubrange(header, with: packet)
        }
        return edited
    }

    /// Where the three headers of Vorbis or Theora are, which Xiph's lacing joins; `nil` where it does not.
    private static func laced(_ bytes: [UInt8]) -> [Range<Int>]? {
        guard bytes.first == 2 else { return nil }
        var (position, lengths): (Int, [Int]) = (1, [])
        while lengths.count < 2 {
            var length = 0
            repeat {
                guard position < bytes.count else { return nil }
                length += Int(bytes[position])
                position += 1
            } while bytes[position - 1] == 255
            lengths.append(length)
        }
        lengths.append(bytes.count - position - lengths[0] - lengths[1])
        guard lengths.allSatisfy({ $0 > 0 }) else { return nil }
        return lengths.map { length in
            defer { position += length }
            return position..<position + length
        }
    }

    /// How a page of Ogg states the length of a packet (RFC 3533, section 6).
    private static func segments(_ length: Int) -> [UInt8] {
        [UInt8](repeating: 255, count: length / 255) + [UInt8(length % 255)]
    }
}
