import FFmpeg

extension ImageHeader {
    /// JPEG (ITU-T T.81, annex B): the frame header, and the orientation in an Exif segment.
    init?(jpeg bytes: [UInt8]) {
        var orientation = Orientation.up
        var offset = 2
        while let marker = bytes.bigEndian(offset, 2), marker >> 8 == 0xFF {
            // Fill bytes, and markers that stand alone.
            if marker == 0xFFFF || marker == 0xFF01 || (0xFFD0...0xFFD8).contains(marker) {
                offset += marker == 0xFFFF ? 1 : 2
                continue
            }
            guard let length = bytes.bigEndian(offset + 2, 2), length >= 2 else { return nil }
            switch marker {
            case 0xFFC0...0xFFC3, 0xFFC5...0xFFC7, 0xFFC9...0xFFCB, 0xFFCD...0xFFCF:
                guard let height = bytes.bigEndian(offset + 5, 2), let width = bytes.bigEndian(offset + 7, 2) else {
                    return nil
                }
                self.init(width: width, height: height)
                self.orientation = orientation
                return
            case 0xFFE1 where bytes.count > offset + 10 && bytes[offset...].has("Exif\0\0", at: 4):
                let end = min(offset + 2 + length, bytes.count)
                orientation = Orientation(exif: Array(bytes[(offset + 10)..<max(end, offset + 10)])) ?? orientation
            case 0xFFD9, 0xFFDA: return nil
            default: break
            }
            offset += 2 + length
        }
        return nil
    }

    /// Whether the picture of a whole JPEG file is brought to its end.
    static func isComplete(jpeg bytes: [UInt8]) -> Bool {
        var offset = 2
        // Past the segments, so that the end of a preview inside one does not count.
        while let marker = bytes.bigEndian(offset, 2), marker >> 8 == 0xFF, marker != 0xFFDA {
            if marker == 0xFFFF { offset += 1; continue }
            guard let length = bytes.bigEndian(offset + 2, 2), length >= 2 else { return false }
            offset += 2 + length
        }
        return bytes.withUnsafeBufferPointer { bytes in
            var index = offset
            while index + 1 < bytes.count {
                if bytes[index] == 0xFF && bytes[index + 1] == 0xD9 { return true }
                index += 1
            }
            return false
        }
    }

    /// How often a JPEG file passes over its picture: each pass takes a decoder as long as the picture is large, and the
    /// file a few bytes.
    static func passes(jpeg bytes: [UInt8]) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var count = 0
            var offset = 2
            while offset + 3 < bytes.count {
                let marker = bytes[offset + 1]
                // Pixels, with what is escaped in them.
                guard bytes[offset] == 0xFF, marker > 0, marker < 0xFF, !(0xD0...0xD8).contains(marker) else {
                    offset += 1
                    continue
                }
                if marker == 0xD9 { break }
                if marker == 0xDA { count += 1 }
                offset += 2 + max(Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3]), 2)
            }
            return count
        }
    }
}

extension Orientation {
    /// The orientation tag of an Exif block: a TIFF file whose first directory has it (CIPA DC-008, 4.6.4).
    init?(exif bytes: [UInt8]) {
        let isLittle = bytes.has("II*\0")
        guard isLittle || bytes.has("MM\0*") else { return nil }
        func number(_ offset: Int, _ length: Int) -> Int? {
            isLittle ? bytes.littleEndian(offset, length) : bytes.bigEndian(offset, length)
        }
        guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
        for index in 0..<min(count, 256) {
            let entry = directory + 2 + 12 * index
            guard let tag = number(entry, 2) else { return nil }
            guard tag == 274 else { continue }
            guard let value = number(entry + 8, 2), let orientation = Orientation(rawValue: value) else { return nil }
            self = orientation
            return
        }
        return nil
    }
}
