import Bytes
import Crypto
import Foundation
import HTTPServer
import Synchronization

/// The digest by which two requests of one key are compared: of method, target, media type and body. Of a form the boundary does not
/// count, because clients make a new one for each attempt, and neither does what follows the last one.
final class RequestFingerprint: Sendable {
    private struct State: ~Copyable {
        var digest: SHA256? = SHA256()
        /// The last bytes that arrived, which may begin a delimiter.
        var tail: [UInt8] = []
        /// The bytes since the last delimiter.
        var segment = 0
        var total = 0
        var value: String?

        mutating func add(_ bytes: UnsafeRawBufferPointer) {
            digest?.update(bufferPointer: bytes)
            segment += bytes.count
            total += bytes.count
        }

        /// Lengths separate the segments: no two sequences of them have the same digest.
        mutating func endSegment() {
            withUnsafeBytes(of: UInt64(segment).bigEndian) { digest?.update(bufferPointer: $0) }
            segment = 0
        }

        mutating func finish() {
            guard let digest = digest.take() else { return }
            value = "\(hexEncode(digest.finalize())):\(total)"
            tail = []
        }
    }

    private let state = Mutex(State())
    /// `--` and the boundary of a form; `nil` for another body.
    private let delimiter: [UInt8]?
    /// Whether the body counts. That of a resumable upload does not: a client continues it with what it has.
    private let countsBody: Bool

    init(_ request: HTTPRequest) {
        // A form without a valid boundary is rejected by its route.
        delimiter = (try? MultipartReader.boundary(of: request)).map { Array("--\($0)".utf8) }
        // By tus, or by the IETF's draft where the body does not end the file.
        let isPart =
            request.mediaType == "application/offset+octet-stream"
            || request.headers["Upload-Complete"]?.hasPrefix("?0") == true
        let segments = request.path.split(separator: "/")
        countsBody = !(isPart && (segments.contains("tus") || segments.contains("resumable")))
        var head = "\(request.method.rawValue) \(request.target)\n\(request.mediaType)\n"
        for (name, value) in request.headers where Self.counts(name.lowercased()) {
            head += "\(name.lowercased()): \(value)\n"
        }
        state.withLock { state in
            Array(head.utf8).withUnsafeBytes { state.add($0) }
            state.endSegment()
            state.total = 0
            if !countsBody { state.finish() }
        }
    }

    /// Whether a header field, in lower case, changes what the request does.
    private static func counts(_ name: String) -> Bool {
        name.hasPrefix("upload-") || ["content-disposition", "x-http-method-override"].contains(name)
    }

    /// Whether the body has parts that a boundary separates.
    var isForm: Bool { delimiter != nil }

    /// The fingerprint; `nil` until the body was read.
    var value: String? { state.withLock { $0.value } }

    /// How many bytes of the body have counted.
    private var count: Int { state.withLock { $0.total } }

    /// Adds the next bytes of the body; `nil` at its end.
    func observe(_ chunk: ByteChunk?) {
        state.withLock { state in
            guard state.digest != nil else { return }
            guard let chunk else {
                // The last delimiter ends a form: without it the form is not complete.
                guard delimiter == nil else { return }
                state.endSegment()
                return state.finish()
            }
            guard let delimiter else { return chunk.withUnsafeBytes { state.add($0) } }
            var bytes = state.tail
            chunk.withUnsafeBytes { bytes.append(contentsOf: $0) }
            let rest = bytes.withUnsafeBytes { Self.scan($0, delimiter, &state) }
            if state.digest != nil { state.tail = Array(bytes[rest...]) }
        }
    }

    /// Adds the bytes around each delimiter. Returns from where they are to be read again when more have come.
    private static func scan(_ bytes: UnsafeRawBufferPointer, _ delimiter: [UInt8], _ state: inout State) -> Int {
        // Two more bytes say whether a delimiter is the last one.
        let needed = delimiter.count + 2
        var (start, position) = (0, 0)
        while let base = bytes.baseAddress, bytes.count - position >= needed {
            let searched = bytes.count - needed + 1 - position
            guard let found = memchr(base + position, Int32(UInt8(ascii: "-")), searched) else {
                position += searched
                break
            }
            position = UnsafeRawPointer(found) - base
            let isDelimiter = delimiter.withUnsafeBytes {
                memcmp(base + position, $0.baseAddress!, delimiter.count) == 0
            }
            guard isDelimiter else {
                position += 1
                continue
            }
            state.add(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
            state.endSegment()
            position += delimiter.count
            start = position
            if bytes[position] == UInt8(ascii: "-"), bytes[position + 1] == UInt8(ascii: "-") {
                state.finish()
                return bytes.count
            }
        }
        state.add(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
        return position
    }

    /// Reads the body of a retry, and compares it.
    /// - Parameter stored: the fingerprint of the first attempt. No more is read than is needed to see that it is another one.
    /// - Throws: `RequestBodyError`; what the meter of the body throws.
    func matches(_ stored: String, reading request: HTTPRequest) async throws -> Bool {
        if value == nil {
            let maximum = stored.split(separator: ":").last.flatMap { Int($0) } ?? 0
            for try await _ in request.body where count > maximum { return false }
        }
        return value == stored
    }
}
