/// The fields of a request's or a response's header, in order. Names are compared without regard to case (RFC 9110
/// section 5.1).
public struct HTTPClientHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One line of the header.
    public struct Field: Sendable, Hashable {
        /// The name as it was written.
        public let name: String
        /// The value, without the white space around it.
        public let value: String

        /// A line.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The lines.
    public private(set) var fields: [Field] = []

    /// An empty header.
    public init() {}

    /// The header of these lines.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// Appends a line.
    public mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// The value of the first line of that name. Setting it replaces all lines of the name; `nil` removes them.
    public subscript(_ name: String) -> String? {
        get { fields.first { $0.name.equalsIgnoringCase(name) }?.value }
        set {
            fields.removeAll { $0.name.equalsIgnoringCase(name) }
            if let newValue { append(name, newValue) }
        }
    }
}

extension String {
    fileprivate func equalsIgnoringCase(_ other: String) -> Bool {
        utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { $0.lowercased == $1.lowercased }
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
