import Foundation

/// What a client says of a file (tus, extension Creation): `Upload-Metadata: filename bXkgZmlsZS5tcDQ=,kind dmlkZW8=`.
struct TusMetadata: Sendable {
    /// The maximum size of the field, in bytes.
    static let maximumBytes = 4096
    /// The maximum number of pairs.
    static let maximumPairs = 32
    /// The maximum size of the names and kinds that are used, in bytes.
    private static let maximumTextBytes = 1024

    private let values: [String: [UInt8]]

    /// The pairs in the field's value.
    /// - Throws: ``APIError`` `invalidField` when it is malformed or too long, or has a key twice.
    init(_ field: String?) throws(APIError) {
        var values: [String: [UInt8]] = [:]
        guard let field, !field.isEmpty else {
            self.values = [:]
            return
        }
        guard field.utf8.count <= Self.maximumBytes else {
            throw .invalid("Upload-Metadata", "is longer than \(Self.maximumBytes) bytes")
        }
        let pairs = field.split(separator: ",", omittingEmptySubsequences: false)
        guard pairs.count <= Self.maximumPairs else {
            throw .invalid("Upload-Metadata", "has more than \(Self.maximumPairs) keys")
        }
        for pair in pairs {
            let words = pair.drop { $0 == " " }.split(separator: " ", omittingEmptySubsequences: false)
            guard let key = words.first, !key.isEmpty, words.count <= 2,
                key.utf8.allSatisfy({ (33...126).contains($0) })
            else { throw .invalid("Upload-Metadata", "is a list of keys, each with a value in base64") }
            guard let value = Data(base64Encoded: words.count == 2 ? String(words[1]) : "") else {
                throw .invalid("Upload-Metadata", "has a value that is not in base64: that of a key must be")
            }
            guard values.updateValue(Array(value), forKey: String(key)) == nil else {
                throw .invalid("Upload-Metadata", "has a key twice")
            }
        }
        self.values = values
    }

    /// The text of a key; `nil` where there is none.
    /// - Throws: ``APIError`` `invalidField` when it is too long, no UTF-8, or has control characters.
    func text(_ key: String) throws(APIError) -> String? {
        guard let bytes = values[key], !bytes.isEmpty else { return nil }
        guard bytes.count <= Self.maximumTextBytes, let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw .invalid("Upload-Metadata", "has a \(key) that is no text of at most \(Self.maximumTextBytes) bytes")
        }
        return text
    }

    /// What the client says, as the fields of a form would. The texts may have several lines.
    /// - Throws: ``APIError`` `invalidField` when a value is no UTF-8, has control characters, or is a name that is too long.
    func fields(size: Int?) throws(APIError) -> ResumableFields {
        var texts: [String: String] = [:]
        for (key, bytes) in values {
            guard let text = String(validating: bytes, as: UTF8.self),
                text.unicodeScalars.allSatisfy({ Self.isText($0) })
            else { throw .invalid("Upload-Metadata", "has a \(key) that is no text in UTF-8") }
            texts[key] = text
        }
        return ResumableFields(values: texts, filename: try filename, size: size)
    }

    /// The SHA-256 of the whole file, of the key `sha256`: 64 hexadecimal digits.
    /// - Throws: ``APIError`` `invalidField` when it is anything else: it was meant to be compared.
    var sha256: [UInt8]? {
        get throws(APIError) {
            guard let bytes = values["sha256"] else { return nil }
            let digits = bytes.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard bytes.count == 64, digits.count == 64 else {
                throw .invalid("Upload-Metadata", "has a sha256 that is not 64 hexadecimal digits")
            }
            return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
    }

    private static func isText(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory != .control || ["\n", "\r", "\t"].contains(scalar)
    }

    /// The name of the file, by the keys that clients use for it.
    /// - Throws: as ``text(_:)``.
    var filename: String? {
        get throws(APIError) {
            if let name = try text("filename") { return name }
            return try text("name")
        }
    }
}
