import Bytes

/// The fields of a form that is sent as `application/x-www-form-urlencoded` (WHATWG URL standard, section 5.1).
public struct URLEncodedForm: Sendable, Hashable {
    /// A field and its text.
    public struct Field: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its text.
        public var value: String
    }

    /// Why a form was rejected.
    public enum Failure: Error, Hashable, Sendable {
        /// A malformed escape, or bytes that are no UTF-8.
        case malformed
        /// There are more fields than allowed.
        case tooManyFields
    }

    /// The fields, in order.
    public let fields: [Field]

    /// The form in `body`. Nothing is guessed: a malformed escape, or bytes that are no UTF-8, reject the whole form.
    /// - Throws: ``Failure/malformed``, or ``Failure/tooManyFields`` beyond `maximumFields`.
    public init(_ body: [UInt8], maximumFields: Int = 64) throws(Failure) {
        var fields: [Field] = []
        for pair in body.split(separator: UInt8(ascii: "&")) {
            guard fields.count < maximumFields else { throw .tooManyFields }
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            fields.append(
                Field(name: try Self.text(sides[0]), value: sides.count > 1 ? try Self.text(sides[1]) : ""))
        }
        self.fields = fields
    }

    private static func text(_ encoded: ArraySlice<UInt8>) throws(Failure) -> String {
        guard let text = String(validating: encoded, as: UTF8.self),
            let decoded = PercentEncoding.decodeText(text, plusIsSpace: true)
        else { throw .malformed }
        return decoded
    }
}
