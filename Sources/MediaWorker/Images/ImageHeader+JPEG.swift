import FFmpeg

extension ImageHeader {
    /// Parses JPEG (ITU-T T.81, annex B): the frame header, and the orientation in an Exif segment. Stray bytes between segments
    /// are skipped, as decoders do.
    init?(jpeg bytes: [UInt8]) {
        var orientation = Orientation.up
        for segment in JPEGSegments(bytes) {
            switch segment.marker {
            // The frame headers of all processes, including those that are not decoded here (JPEG-LS: ITU-T T.87).
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF, 0xF7:
                guard let height = segment.content.bigEndian(1, 2), let width = segment.content.bigEndian(3, 2) else {
                    return nil
                }
                self.init(width: width, height: height)
                self.orientation = orientation
                return
            case 0xE1 where segment.content.has("Exif\0\0"):
                orientation = Orientation(exif: Array(segment.content.dropFirst(6))) ?? orientation
            default: break
            }
        }
        return nil
    }

    /// Whether the picture of a complete JPEG file has an end marker.
    static func hasEnd(jpeg bytes: [UInt8]) -> Bool {
        var segments = JPEGSegments(bytes)
        // Skips the segments, so that the end marker of an embedded preview does not count.
        while segments.next() != nil {}
        guard segments.isAtScan else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            var index = segments.offset
            while index + 1 < bytes.count {
                if bytes[index] == 0xFF && bytes[index + 1] == 0xD9 { return true }
                index += 1
            }
            return false
        }
    }

    /// The number of scans in a JPEG file: each costs a decoder time in proportion to the picture's size, and the file only a few
    /// bytes.
    static func passes(jpeg bytes: [UInt8]) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var count = 0
            var offset = 2
            while offset + 3 < bytes.count {
                let marker = bytes[offset + 1]
                // Coded data, including escaped bytes.
                guard bytes[offset] == 0xFF, marker > 1, marker < 0xFF, !(0xD0...0xD8).contains(marker) else {
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
    /// Reads the orientation tag from the first directory of an Exif block, which is a TIFF file (CIPA DC-008, 4.6.4).
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
