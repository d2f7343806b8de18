/// Rejects heads that servers interpret differently, before anything else parses them
/// (RFC 9112 sections 3, 5 and 11.2).
enum HeadChecks {
    /// Checks a whole head, whose lines all end with CR LF.
    static func check(_ head: UnsafeRawBufferPointer, limits: HTTPServerConfiguration.HeadLimits) throws(HeadError) {
        var lineStart = 0
        var lines = 0
        while lineStart < head.count {
            guard let end = head[lineStart...].firstIndex(of: UInt8(ascii: "\r")) else { break }
            let line = UnsafeRawBufferPointer(rebasing: head[lineStart..<end])
            lineStart = end + 2
            if line.isEmpty { break }
            if lines == 0 { try checkRequestLine(line, limits: limits) } else { try checkField(line) }
            lines += 1
            guard lines - 1 <= limits.count else { throw .tooManyFields }
        }
    }

    private static func checkRequestLine(
        _ line: UnsafeRawBufferPointer, limits: HTTPServerConfiguration.HeadLimits
    ) throws(HeadError) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw .bad("the request line is not method, target and version")
        }
        guard parts[0].allSatisfy(\.isTokenByte) else { throw .bad("the method is not a token") }
        guard parts[1].count <= limits.targetBytes else { throw .targetTooLong }
        guard parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else {
            throw .bad("the target has characters that must be percent-encoded")
        }
        let version = String(decoding: parts[2], as: UTF8.self)
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
            guard version.hasPrefix("HTTP/"), parts[2].count == 8 else { throw .bad("the protocol is not HTTP") }
            // The preface of HTTP/2 is malformed here, not an unsupported version.
            if parts[0].elementsEqual("PRI".utf8) { throw .bad("HTTP/2 is not supported") }
            throw HeadError(status: .httpVersionNotSupported, reason: "the version is not HTTP/1.1")
        }
    }

    private static func checkField(_ line: UnsafeRawBufferPointer) throws(HeadError) {
        guard line[0] != UInt8(ascii: " "), line[0] != UInt8(ascii: "\t") else {
            throw .bad("a field is folded over several lines")
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
            throw .bad("a field has no name")
        }
        guard line[..<colon].allSatisfy(\.isTokenByte) else { throw .bad("a field's name is not a token") }
        let isAllowed: (UInt8) -> Bool = { ($0 >= 0x20 && $0 != 0x7f) || $0 == UInt8(ascii: "\t") }
        guard line[(colon + 1)...].allSatisfy(isAllowed) else {
            throw .bad("a field's value has control characters")
        }
    }
}
