import Foundation
import JSON
import MediaAPI

/// Conversion of the dialect's form fields to JSON.
enum BananatalkForm {
    /// Converts form fields to the equivalent JSON body. A location is either one field that contains JSON, or separate
    /// fields such as `location[latitude]`.
    /// - Throws: `APIError` when a field is nested too deeply or contradicts another, or `location` is not valid JSON.
    static func message(_ fields: [String: String]) throws(APIError) -> JSONValue {
        guard case .object(var members) = try JSONValue(form: fields) else { return [:] }
        members["location"] = try members["location"].map { given throws(APIError) in try place(given) }
        return .object(members)
    }

    private static func place(_ given: JSONValue) throws(APIError) -> JSONValue {
        guard let text = given.stringValue else {
            var members = given.objectValue ?? [:]
            // Form fields are always strings, so numbers are parsed here.
            for name in ["latitude", "longitude"] { members[name] = members[name].map { number($0) ?? $0 } }
            return .object(members)
        }
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw APIError(code: .invalidField, message: "location is not valid JSON", cause: error)
        }
    }

    private static func number(_ value: JSONValue) -> JSONValue? {
        guard let text = value.stringValue, text.utf8.allSatisfy("0123456789+-.eE".utf8.contains),
            let number = Double(text), number.isFinite
        else { return nil }
        return .number(number)
    }
}
