/// What an update writes: the fields that changed, and no other.
public struct DocumentChanges: Sendable, Hashable {
    /// The new values, by path.
    public private(set) var assigned: [(path: String, value: BSONValue)] = []
    /// The paths of fields that are removed.
    public private(set) var removed: [String] = []

    /// Whether nothing changed.
    public var isEmpty: Bool { assigned.isEmpty && removed.isEmpty }

    /// The update as MongoDB's operators.
    public var update: BSONDocument {
        var update = BSONDocument()
        if !assigned.isEmpty { update["$set"] = .document(BSONDocument(assigned.map { ($0.path, $0.value) })) }
        if !removed.isEmpty { update["$unset"] = .document(BSONDocument(removed.map { ($0, .bool(true)) })) }
        return update
    }

    /// The changes that make a document, as it is stored, from one that decodes as `old` to one that decodes as `new`.
    ///
    /// Fields that are in neither are left alone, also inside of documents; of an array that changed, elements that are the same
    /// as before are written as they are stored, with all of their fields.
    public init(of stored: BSONDocument, from old: BSONDocument, to new: BSONDocument) {
        compare(stored, old, new, path: "")
    }

    private mutating func compare(_ stored: BSONDocument, _ old: BSONDocument, _ new: BSONDocument, path: String) {
        for field in new.fields {
            let (place, before, kept) = (path + field.name, old[field.name], stored[field.name])
            if before == field.value { continue }
            if case .document(let value) = field.value, let before = before?.documentValue,
                let kept = kept?.documentValue, Self.hasPlainNames(value), Self.hasPlainNames(before)
            {
                compare(kept, before, value, path: place + ".")
            } else {
                assigned.append((place, Self.merged(kept, before, field.value)))
            }
        }
        for field in old.fields where new[field.name] == nil && stored[field.name] != nil {
            removed.append(path + field.name)
        }
    }

    /// Whether every name can be part of a path.
    private static func hasPlainNames(_ document: BSONDocument) -> Bool {
        document.fields.allSatisfy {
            !$0.name.isEmpty && !$0.name.utf8.contains(UInt8(ascii: ".")) && !$0.name.hasPrefix("$")
        }
    }

    /// A new value with what is stored beside the parts that are known.
    fileprivate static func merged(_ stored: BSONValue?, _ old: BSONValue?, _ new: BSONValue) -> BSONValue {
        if let stored, old == new { return stored }
        switch (stored, old, new) {
        case (.document(let stored)?, .document(let old)?, .document(let new)):
            var result = stored
            for field in old.fields where new[field.name] == nil { result[field.name] = nil }
            for field in new.fields { result[field.name] = merged(stored[field.name], old[field.name], field.value) }
            return .document(result)
        case (.array(let stored)?, .array(let old)?, .array(let new)):
            return .array(MergedElements(stored: stored, old: old).merged(new))
        default: return new
        }
    }

    /// Whether two updates write the same.
    public static func == (a: DocumentChanges, b: DocumentChanges) -> Bool { a.update == b.update }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(update) }
}

/// The elements of an array as they are stored, each with what it was read as.
private struct MergedElements {
    private var pairs: [(stored: BSONValue, old: BSONValue)] = []

    init(stored: [BSONValue], old: [BSONValue]) {
        var rest = stored
        for element in old {
            guard let index = rest.firstIndex(where: { $0.covers(element) }) else { continue }
            pairs.append((rest.remove(at: index), element))
        }
    }

    /// New elements: those that did not change as they are stored, and those that did with what is stored beside what is known
    /// of them. The first field of an element identifies it.
    func merged(_ new: [BSONValue]) -> [BSONValue] {
        var rest = pairs
        let unchanged = new.map { element -> BSONValue? in
            guard let index = rest.firstIndex(where: { $0.old == element }) else { return nil }
            return rest.remove(at: index).stored
        }
        return zip(unchanged, new).map { kept, element in
            if let kept { return kept }
            guard let first = element.documentValue?.fields.first,
                let index = rest.firstIndex(where: { $0.old.documentValue?[first.name] == first.value })
            else { return element }
            let pair = rest.remove(at: index)
            return DocumentChanges.merged(pair.stored, pair.old, element)
        }
    }
}

extension BSONValue {
    /// Whether this is `other`, perhaps with more fields, or with another form of an identifier or a number.
    fileprivate func covers(_ other: BSONValue) -> Bool {
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
