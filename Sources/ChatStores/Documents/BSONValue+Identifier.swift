import ChatBridge

/// Identifiers in documents, as mongoose writes references: 24 hexadecimal digits are an ObjectId, anything else is a string.
extension BSONValue {
    /// An identifier to write. Only digits in lower case are an ObjectId: it is read back in lower case, and others would be
    /// another identifier.
    public static func identifier(_ id: String) -> BSONValue {
        guard let objectID = ObjectID(id), objectID.description.utf8.elementsEqual(id.utf8) else { return .string(id) }
        return .objectID(objectID)
    }

    /// A condition for fields that hold an identifier: also those that have it as a string although it looks like an ObjectId.
    public static func matching(_ id: String) -> BSONValue {
        let value = identifier(id)
        if case .string = value { return value }
        return ["$in": [value, .string(id)]]
    }

    /// A condition for fields that hold one of several identifiers.
    public static func matching(anyOf ids: some Sequence<String>) -> BSONValue {
        ["$in": .array(forms(of: ids))]
    }

    /// A condition for an array that has an identifier, inside of `$all`.
    public static func all(_ id: String) -> BSONValue { ["$elemMatch": ["$in": .array(forms(of: [id]))]] }

    /// All forms in which documents hold `ids`.
    public static func forms(of ids: some Sequence<String>) -> [BSONValue] {
        ids.flatMap { id in
            let value = identifier(id)
            if case .string = value { return [value] }
            return [value, .string(id)]
        }
    }

    /// The identifier that this is.
    public var identifierValue: String? {
        switch self {
        case .objectID(let id): id.description
        case .string(let id): id
        default: nil
        }
    }
}
