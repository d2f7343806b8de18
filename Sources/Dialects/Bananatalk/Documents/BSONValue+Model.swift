import ChatBridge
import ChatDocuments
import JSON

extension BSONValue {
    private static let identifiers: Set<String> = ["_id", "user", "setBy", "createdBy"]
    private static let dates: Set<String> = ["setAt", "createdAt"]

    /// A setting of a conversation as the reference's data model has it: users and elements are identifiers, times are dates. The
    /// field that identifies an element of an array is its first one.
    static func model(_ value: JSONValue) -> BSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(model))
        case .object(let members):
            let sorted = members.sorted
            let first = sorted.filter { $0.name == "_id" || $0.name == "user" }
            let others = sorted.filter { $0.name != "_id" && $0.name != "user" }
            return .document(BSONDocument((first + others).map { ($0.name, field($0.name, $0.value)) }))
        default: return BSONValue.literal(value) ?? .null
        }
    }

    private static func field(_ name: String, _ value: JSONValue) -> BSONValue {
        guard let text = value.stringValue else { return model(value) }
        if identifiers.contains(name) { return .identifier(text) }
        if dates.contains(name), let date = Timestamp.date(text) { return .date(date) }
        return .string(text)
    }
}
