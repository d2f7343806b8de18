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
    /// Fields that are in neither are left alone, also inside of documents. Of an array in which elements only changed, or were
    /// appended, those are written by their index: no one else can have moved them meanwhile, because the update is part of the
    /// transaction that has read the document. Any other array that changed is written as a whole, with elements that are the
    /// same as before as they are stored.
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
            } else if case .array(let value) = field.value, let before = before?.arrayValue,
                let kept = kept?.arrayValue, compare(MatchedElements(stored: kept, old: before), value, path: place)
            {
                continue
            } else {
                assigned.append((place, Self.merged(kept, before, field.value)))
            }
        }
        for field in old.fields where new[field.name] == nil && stored[field.name] != nil {
            removed.append(path + field.name)
        }
    }

    /// Compares the elements of an array; whether they can be written one by one.
    private mutating func compare(_ matched: MatchedElements, _ new: [BSONValue], path: String) -> Bool {
        guard matched.isComplete, new.count >= matched.pairs.count else { return false }
        var changes = self
        var unknown = matched.unknown
        for (element, pair) in zip(new, matched.pairs) where element != pair.old {
            guard let value = element.documentValue, let before = pair.old.documentValue,
                let kept = pair.stored.documentValue, value.isSameElement(as: before), Self.hasPlainNames(value),
                Self.hasPlainNames(before)
            else { return false }
            changes.compare(kept, before, value, path: "\(path).\(pair.index).")
        }
        for (offset, element) in new.dropFirst(matched.pairs.count).enumerated() {
            // One that was not recognized before may be the same.
            if let index = unknown.firstIndex(where: { $0.stored.isSameElement(as: element) }) {
                guard let value = element.documentValue, Self.hasPlainNames(value), offset == 0 else { return false }
                changes.compare([:], [:], value, path: "\(path).\(unknown.remove(at: index).index).")
                guard new.count == matched.pairs.count + 1 else { return false }
            } else {
                changes.assigned.append(("\(path).\(matched.count + offset)", element))
            }
        }
        self = changes
        return true
    }

    /// Whether every name can be part of a path.
    private static func hasPlainNames(_ document: BSONDocument) -> Bool {
        document.fields.allSatisfy {
            !$0.name.isEmpty && !$0.name.utf8.contains(UInt8(ascii: ".")) && !$0.name.hasPrefix("$")
        }
    }

    /// A new value with what is stored beside the parts that are known.
    static func merged(_ stored: BSONValue?, _ old: BSONValue?, _ new: BSONValue) -> BSONValue {
        if let stored, old == new { return stored }
        switch (stored, old, new) {
        case (.document(let stored)?, .document(let old)?, .document(let new)):
            var result = stored
            for field in old.fields where new[field.name] == nil { result[field.name] = nil }
            for field in new.fields { result[field.name] = merged(stored[field.name], old[field.name], field.value) }
            return .document(result)
        case (.array(let stored)?, .array(let old)?, .array(let new)):
            return .array(MatchedElements(stored: stored, old: old).merged(new))
        default: return new
        }
    }

    /// Whether two updates write the same.
    public static func == (a: DocumentChanges, b: DocumentChanges) -> Bool { a.update == b.update }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(update) }
}
