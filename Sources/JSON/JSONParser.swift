/// Reads one JSON text (RFC 8259) in one pass over its bytes. A text that exceeds the limits is rejected at that
/// position, before the rest is parsed.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var position = 0
    private var depth = 0
    private var count = 0

    /// More digits than a number of any use has.
    private static let maximumNumberLength = 1_024

    private init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The value that `bytes` (UTF-8, perhaps after its byte order mark) spell.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.maximumBytes else { throw .tooLong(limit: limits.maximumBytes) }
        var parser = JSONParser(bytes, limits: limits)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { parser.position = 3 }
        parser.skipSpace()
        let value = try parser.value()
        parser.skipSpace()
        guard parser.position == bytes.count else { throw .malformed }
        return value
    }

    // MARK: Values

    private mutating func value() throws(JSONError) -> JSONValue {
        count += 1
        guard count <= limits.maximumValues else { throw .tooManyValues(limit: limits.maximumValues) }
        switch current {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        guard current != UInt8(ascii: "]") else {
            position += 1
            return .array([])
        }
        var elements: [JSONValue] = []
        while true {
            elements.append(try value())
            if try ends(with: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    /// A name that is given twice has the value it is given last, as in browsers.
    private mutating func object() throws(JSONError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        guard current != UInt8(ascii: "}") else {
            position += 1
            return .object([:])
        }
        var members = JSONObject()
        while true {
            guard current == UInt8(ascii: "\"") else { throw .malformed }
            let name = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw .malformed }
            position += 1
            skipSpace()
            members[name] = try value()
            if try ends(with: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= limits.maximumDepth else { throw .tooDeep(limit: limits.maximumDepth) }
        position += 1
        skipSpace()
    }

    /// After an element: whether the container ends here or continues after a comma.
    private mutating func ends(with end: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        let byte = current
        position += 1
        if byte == end { return true }
        guard byte == UInt8(ascii: ",") else { throw .malformed }
        skipSpace()
        return false
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count,
            bytes[position..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: end - position))
        else { throw .malformed }
        position = end
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        let isNegative = current == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let first = current
        let length = try digits()
        guard length == 1 || first != UInt8(ascii: "0") else { throw .malformed }
        var isWhole = true
        if current == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            _ = try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            _ = try digits()
        }
        guard position - start <= Self.maximumNumberLength else { throw .malformed }
        if isWhole, let whole = whole(from: start, isNegative: isNegative) { return .integer(whole) }
        // Correctly rounded, whatever the locale. One that no floating-point number is near has no value here.
        guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)), number.isFinite else {
            throw .malformed
        }
        // JSON has one kind of number: 1.0 and 1e3 are whole, as far as a floating-point number can tell.
        if !isWhole, number.magnitude <= 9_007_199_254_740_992, let exact = Int(exactly: number) {
            return .integer(exact)
        }
        return .number(number)
    }

    private mutating func digits() throws(JSONError) -> Int {
        let start = position
        while current &- UInt8(ascii: "0") <= 9 { position += 1 }
        guard position > start else { throw .malformed }
        return position - start
    }

    /// The digits read as a whole number; `nil` when it does not fit.
    private func whole(from start: Int, isNegative: Bool) -> Int? {
        var result = 0
        for index in (isNegative ? start + 1 : start)..<position {
            let digit = Int(bytes[index] &- UInt8(ascii: "0"))
            let (product, overflows) = result.multipliedReportingOverflow(by: 10)
            let (sum, exceeds) =
                isNegative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflows || exceeds { return nil }
            result = sum
        }
        return result
    }

    // MARK: Bytes

    /// The byte that is next; 0, which is nowhere allowed outside a string, at the end.
    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return try text(UnsafeBufferPointer(rebasing: bytes[start..<position]))
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case ..<0x20: throw .malformed
            default: position += 1
            }
        }
        throw .malformed
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var content = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return try text(content)
            case UInt8(ascii: "\\"): try escape(into: &content)
            case ..<0x20: throw .malformed
            default: content.append(byte)
            }
        }
        throw .malformed
    }

    private func text(_ content: some Sequence<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw .malformed }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        let byte = current
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0c)
        case UInt8(ascii: "n"): content.append(0x0a)
        case UInt8(ascii: "r"): content.append(0x0d)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: UTF8.encode(try scalar()) ?? .init())
        default: throw .malformed
        }
    }

    /// The character behind `\u`, of two halves where it is beyond the first 65,536. A half alone is no character.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let first = try hexadecimal()
        guard (0xd800..<0xdc00).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw .malformed }
            return scalar
        }
        guard current == UInt8(ascii: "\\") else { throw .malformed }
        position += 1
        guard current == UInt8(ascii: "u") else { throw .malformed }
        position += 1
        let second = try hexadecimal()
        guard (0xdc00..<0xe000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else { throw .malformed }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var result: UInt32 = 0
        for _ in 0..<4 {
            let digit =
                switch current {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): current - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): current - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): current - UInt8(ascii: "A") + 10
                default: throw JSONError.malformed
                }
            result = result << 4 | UInt32(digit)
            position += 1
        }
        return result
    }
}
