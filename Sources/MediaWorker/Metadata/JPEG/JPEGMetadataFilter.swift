import Bytes
import Glibc

/// Removes metadata from a JPEG while it is received: bytes in, bytes out. Kept bytes are not copied, except for application
/// segments, of which it buffers one at a time (at most 64 KiB).
///
/// It follows the structure of the file (ITU-T T.81, annex B): tables, frame and scan headers and coded data are not changed. Stray
/// bytes between segments, and everything behind the end of the picture, are removed.
struct JPEGMetadataFilter: MetadataFilter {
    private enum State {
        /// Between segments, before a marker.
        case between
        /// After the first byte of a marker between segments.
        case marker
        /// After a marker with a length, or after the first byte of the length.
        case length(marker: UInt8, first: UInt8?)
        /// In a segment that is kept unchanged.
        case kept(remaining: Int, startsScan: Bool)
        /// In a segment that is examined when it is complete.
        case collected(marker: UInt8, content: [UInt8], remaining: Int)
        /// In coded data.
        case samples
        /// After 0xFF in coded data.
        case samplesMarker
        /// After the end of the picture.
        case ended
    }

    private static let markerStart: UInt8 = 0xFF
    private static let end: UInt8 = 0xD9
    private static let scan: UInt8 = 0xDA
    private static let restarts: ClosedRange<UInt8> = 0xD0...0xD7

    let removal: MetadataRemoval
    private var state = State.between

    init(_ removal: MetadataRemoval) { self.removal = removal }

    /// Segments that are not understood are removed.
    var isClean: Bool { true }

    mutating func finish() -> [ByteChunk] { [] }

    /// Receives the next bytes of the file and returns those to store, in order.
    mutating func receive(_ chunk: ByteChunk) -> [ByteChunk] {
        if removal == .off { return [chunk] }
        var output = Output(chunk)
        chunk.withUnsafeBytes { bytes in
            var position = 0
            while position < bytes.count { advance(bytes, &position, &output) }
        }
        return output.finished
    }

    private mutating func advance(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ output: inout Output) {
        switch state {
        case .kept(let remaining, let startsScan):
            let count = min(remaining, bytes.count - position)
            output.pass(position..<position + count)
            position += count
            keep(remaining - count, startsScan: startsScan)
        case .collected(let marker, var content, let remaining):
            state = .ended  // Releases the other reference to `content`, which then grows in place.
            let count = min(remaining, bytes.count - position)
            content += bytes[position..<position + count]
            position += count
            collect(marker, content, remaining - count, &output)
        case .samples:
            let next = Self.firstMarkerStart(bytes, from: position) ?? bytes.count
            output.pass(position..<next)
            position = next
            if position < bytes.count {
                output.hold(position)
                position += 1
                state = .samplesMarker
            }
        case .ended: position = bytes.count
        case .between, .marker, .length, .samplesMarker:
            step(bytes[position], at: position, &output)
            position += 1
        }
    }

    /// One byte of a marker or of a length.
    private mutating func step(_ byte: UInt8, at position: Int, _ output: inout Output) {
        switch state {
        case .between: if byte == Self.markerStart { state = .marker }
        case .marker: begin(byte, &output)
        case .length(let marker, nil): state = .length(marker: marker, first: byte)
        case .length(let marker, let first?): beginSegment(marker, length: Int(first) << 8 | Int(byte), &output)
        case .samplesMarker:
            if byte == Self.markerStart {
                output.release()
                output.hold(position)
            } else if byte == 0 || Self.restarts.contains(byte) {
                output.release()
                output.pass(position..<position + 1)
                state = .samples
            } else {
                output.drop()
                begin(byte, &output)
            }
        case .kept, .collected, .samples, .ended: break
        }
    }

    private mutating func begin(_ marker: UInt8, _ output: inout Output) {
        switch marker {
        // Fill bytes may precede a marker.
        case Self.markerStart: state = .marker
        case 0: state = .between
        case Self.end:
            output.write([Self.markerStart, marker])
            state = .ended
        // Markers without a segment: the start of the image, restarts, TEM.
        case 0x01, Self.restarts, 0xD8:
            output.write([Self.markerStart, marker])
            state = .between
        default: state = .length(marker: marker, first: nil)
        }
    }

    private mutating func beginSegment(_ marker: UInt8, length: Int, _ output: inout Output) {
        let content = max(length - 2, 0)
        if JPEGSegment.isApplicationData(marker) {
            collect(marker, [], content, &output)
        } else {
            output.write([Self.markerStart, marker, UInt8(length >> 8), UInt8(length & 255)])
            keep(content, startsScan: marker == Self.scan)
        }
    }

    private mutating func keep(_ remaining: Int, startsScan: Bool) {
        if remaining > 0 {
            state = .kept(remaining: remaining, startsScan: startsScan)
        } else {
            state = startsScan ? .samples : .between
        }
    }

    private mutating func collect(_ marker: UInt8, _ content: [UInt8], _ remaining: Int, _ output: inout Output) {
        if remaining > 0 {
            state = .collected(marker: marker, content: content, remaining: remaining)
        } else {
            output.write(JPEGSegment(marker: marker, content: content).bytes(after: removal))
            state = .between
        }
    }

    private static func firstMarkerStart(_ bytes: UnsafeRawBufferPointer, from position: Int) -> Int? {
        guard let base = bytes.baseAddress,
            let found = memchr(base + position, Int32(markerStart), bytes.count - position)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}

extension JPEGMetadataFilter {
    /// The output for one chunk: parts of the chunk, and other bytes between them.
    private struct Output {
        private let chunk: ByteChunk
        private var pieces: [ByteChunk] = []
        private var open: Range<Int>?
        /// The position of a 0xFF whose meaning depends on the next byte; `nil` when it was in the previous chunk.
        private var held: Int?

        init(_ chunk: ByteChunk) { self.chunk = chunk }

        mutating func pass(_ range: Range<Int>) {
            guard !range.isEmpty else { return }
            if let open, open.upperBound == range.lowerBound {
                self.open = open.lowerBound..<range.upperBound
            } else {
                close()
                open = range
            }
        }

        mutating func write(_ bytes: [UInt8]) {
            guard !bytes.isEmpty else { return }
            close()
            pieces.append(ByteChunk(bytes))
        }

        mutating func hold(_ position: Int) { held = position }

        mutating func drop() { held = nil }

        /// Keeps the 0xFF.
        mutating func release() {
            if let held { pass(held..<held + 1) } else { write([0xFF]) }
            held = nil
        }

        private mutating func close() {
            if let open { pieces.append(chunk[open]) }
            open = nil
        }

        var finished: [ByteChunk] {
            var copy = self
            copy.close()
            return copy.pieces
        }
    }
}
