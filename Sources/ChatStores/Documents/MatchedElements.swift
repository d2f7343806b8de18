/// The elements of an array as they are stored, each with what it was read as. The first field of an element that is a document
/// identifies it.
struct MatchedElements {
    /// How many elements are stored.
    let count: Int
    /// The elements that were read, in the order of that.
    private(set) var pairs: [(index: Int, stored: BSONValue, old: BSONValue)] = []
    /// The stored elements that were not recognized.
    private(set) var unknown: [(index: Int, stored: BSONValue)]
    /// Whether all that were read are stored.
    private(set) var isComplete = true

    init(stored: [BSONValue], old: [BSONValue]) {
        count = stored.count
        unknown = stored.enumerated().map { (index: $0.offset, stored: $0.element) }
        for element in old {
            let index =
                unknown.firstIndex { $0.stored.covers(element) }
                ?? unknown.firstIndex { $0.stored.isSameElement(as: element) }
            guard let index else {
                isComplete = false
                continue
            }
            let found = unknown.remove(at: index)
            pairs.append((found.index, found.stored, element))
        }
    }

    /// New elements: those that did not change as they are stored, and those that did with what is stored beside what is known
    /// of them; then documents that were not recognized.
    func merged(_ new: [BSONValue]) -> [BSONValue] {
        var rest = pairs
        let unchanged = new.map { element -> BSONValue? in
            guard let index = rest.firstIndex(where: { $0.old == element }) else { return nil }
            return rest.remove(at: index).stored
        }
        let known = zip(unchanged, new).map { kept, element in
            if let kept { return kept }
            guard let index = rest.firstIndex(where: { $0.old.isSameElement(as: element) }) else { return element }
            let pair = rest.remove(at: index)
            return DocumentChanges.merged(pair.stored, pair.old, element)
        }
        let kept = unknown.map(\.stored).filter { stored in
            stored.documentValue != nil && !new.contains { stored.isSameElement(as: $0) }
        }
        return known + kept
    }
}

extension BSONDocument {
    /// Whether this document has the first field of another, with the same value or another form of it.
    func isSameElement(as other: BSONDocument) -> Bool {
        guard let first = other.fields.first else { return false }
        return self[first.name]?.covers(first.value) ?? false
    }
}

extension BSONValue {
    /// Whether both are documents, and this one has the first field of the other.
    func isSameElement(as other: BSONValue) -> Bool {
        guard let document = documentValue, let other = other.documentValue else { return false }
        return document.isSameElement(as: other)
    }

    /// Whether this is `other`, perhaps with more fields, or with another form of an identifier or a number.
    func covers(_ other: BSONValue) -> Bool {
        if self == other { return true }
        if case (.document(let own), .document(let other)) = (self, other) {
            return other.fields.allSatisfy { own[$0.name]?.covers($0.value) ?? false }
        }
        // A program that writes JavaScript's numbers writes another type for a whole number.
        if let number = integerValue { return number == other.integerValue }
        guard let id = identifierValue else { return false }
        return id == other.identifierValue
    }
}
