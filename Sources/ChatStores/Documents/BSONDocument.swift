/// A document of BSON: fields in order. Names are compared by their bytes.
public struct BSONDocument: Sendable {
    /// The fields, in order.
    public private(set) var fields: [(name: String, value: BSONValue)] = []

    /// A document without fields.
    public init() {}

    /// A document of fields.
    public init(_ fields: some Sequence<(String, BSONValue)>) {
        self.fields = fields.map { (name: $0.0, value: $0.1) }
    }

    /// The value of a field; `nil` where there is none, and to remove it. A new field is the last.
    public subscript(name: String) -> BSONValue? {
        get { fields.first { Self.isSame($0.name, name) }?.value }
        set {
            let index = fields.firstIndex { Self.isSame($0.name, name) }
            switch (index, newValue) {
            case (let index?, let value?): fields[index].value = value
            case (let index?, nil): fields.remove(at: index)
            case (nil, let value?): fields.append((name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The value at a path of names separated by points; `nil` where there is none.
    public subscript(path path: String) -> BSONValue? {
        var names = path.split(separator: ".").map(String.init)[...]
        guard let last = names.popLast() else { return nil }
        var document = self
        for name in names {
            guard let inner = document[name]?.documentValue else { return nil }
            document = inner
        }
        return document[last]
    }

    /// Appends a field, of which the document must have none by that name. Does not search for it.
    mutating func append(_ name: String, _ value: BSONValue) { fields.append((name: name, value: value)) }

    /// The fields of this document and those of another, which replace the ones of the same names.
    public func merging(_ other: BSONDocument) -> BSONDocument {
        other.fields.reduce(into: self) { $0[$1.name] = $1.value }
    }

    /// Whether there are no fields.
    public var isEmpty: Bool { fields.isEmpty }

    private static func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}

extension BSONDocument: ExpressibleByDictionaryLiteral {
    /// A document of fields.
    public init(dictionaryLiteral elements: (String, BSONValue)...) { self.init(elements) }
}

extension BSONDocument: Hashable {
    /// Whether two documents are written with the same bytes.
    public static func == (a: BSONDocument, b: BSONDocument) -> Bool {
        a.fields.count == b.fields.count
            && zip(a.fields, b.fields).allSatisfy { isSame($0.name, $1.name) && $0.value == $1.value }
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        for field in fields {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
    }
}
