import ChatBridge
import JSON
import MediaAPI

/// The fields of ImageKit's upload other than the file. Fields that would transform the file or have it analysed by
/// others (`transformation`, `extensions`, `checks`, …) are accepted and ignored, as ImageKit does for accounts without
/// these features.
struct ImageKitUploadFields {
    /// The name and path of the file.
    let name: ImageKitFileName
    /// The values of `tags`, `isPrivateFile`, `customCoordinates`, `customMetadata` and `description` that are given.
    let details: JSONObject
    /// The optional members of the response that are requested.
    let responseFields: Set<String>

    /// The maximum total length of all tags, in characters.
    private static let maximumTagCharacters = 500
    /// The maximum length of a description, in bytes.
    private static let maximumDescriptionBytes = 4_096

    /// Reads the fields of a form.
    /// - Parameter unique: a unique string, whose last ten characters make the name unique.
    /// - Throws: `APIError` when a field is not valid.
    init(_ fields: [String: String], unique: String) throws(APIError) {
        let isUnique = try Self.flag("useUniqueFileName", fields["useUniqueFileName"]) ?? true
        name = ImageKitFileName(
            fields["fileName"] ?? "", suffix: isUnique ? String(unique.suffix(10)) : nil, folder: fields["folder"])
        var details: JSONObject = [:]
        details["tags"] = try fields["tags"].flatMap { text throws(APIError) in try Self.tags(text) }
        details["isPrivateFile"] = try Self.flag("isPrivateFile", fields["isPrivateFile"]).map(JSONValue.bool)
        details["customCoordinates"] = fields["customCoordinates"].map(JSONValue.string)
        details["description"] = fields["description"].map(JSONValue.string)
        details["customMetadata"] = try fields["customMetadata"].map { text throws(APIError) in try Self.object(text) }
        self.details = details
        responseFields = Set(Self.list(fields["responseFields"] ?? ""))
    }

    /// Validates a field as soon as it arrives.
    /// - Throws: `APIError` when it is not valid.
    static func check(_ name: String, _ text: String) throws(APIError) {
        switch name {
        case "fileName" where text.allSatisfy(\.isWhitespace): throw .missing(name, "what the file is to be called")
        case "useUniqueFileName", "isPrivateFile": _ = try flag(name, text)
        case "tags": _ = try tags(text)
        case "customMetadata": _ = try object(text)
        case "customCoordinates":
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 4, !parts.contains(nil) else { throw .invalid(name, "is x,y,width,height") }
        case "description" where text.utf8.count > maximumDescriptionBytes:
            throw .invalid(name, "is longer than \(maximumDescriptionBytes) bytes")
        default: break
        }
    }

    private static func flag(_ name: String, _ text: String?) throws(APIError) -> Bool? {
        switch text {
        case nil, "": nil
        case "true", "1": true
        case "false", "0": false
        default: throw .invalid(name, "is true or false")
        }
    }

    private static func tags(_ text: String) throws(APIError) -> JSONValue? {
        let tags = list(text)
        guard tags.reduce(0, { $0 + $1.count }) <= maximumTagCharacters, !text.contains("%") else {
            throw .invalid("tags", "have at most \(maximumTagCharacters) characters together, none of them %")
        }
        return tags.isEmpty ? nil : .array(tags.map(JSONValue.string))
    }

    private static func object(_ text: String) throws(APIError) -> JSONValue {
        // The message says what is expected, whatever the text is instead.
        guard let value = try? JSONValue(parsing: text), value.objectValue != nil else {
            throw .invalid("customMetadata", "is a JSON object")
        }
        // File records are decoded with Swift strings as keys, which compare by canonical equivalence.
        guard isRead(value) else {
            throw .invalid("customMetadata", "has names that differ only in how their characters are composed")
        }
        return value
    }

    /// Whether no object within `value` has two names that are equal as Swift strings.
    private static func isRead(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): elements.allSatisfy(isRead)
        case .object(let members): Set(members.keys).count == members.count && members.values.allSatisfy(isRead)
        default: true
        }
    }

    /// Parses a list that is a JSON array or separated by commas.
    private static func list(_ text: String) -> [String] {
        if let listed = (try? JSONValue(parsing: text))?.arrayValue { return listed.compactMap(\.stringValue) }
        return text.split(separator: ",").map { $0.trimmingPrefix(while: \.isWhitespace) }.map(String.init)
            .filter { !$0.isEmpty }
    }
}
