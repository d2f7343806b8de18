import ChatBridge
import HTTPServer
import JSON

extension HTTPRequest {
    /// The fields of a form in the body (`application/x-www-form-urlencoded`), with the same size limit as JSON. The
    /// last value counts for a repeated field.
    /// - Throws: ``APIError`` `badRequest` when the form is not valid or has too many fields, `RequestBodyError` when
    ///   the body cannot be read.
    package func urlEncodedFields() async throws -> [String: String] {
        let form: URLEncodedForm
        do {
            form = try URLEncodedForm(try await body.collect(upTo: Self.maximumJSONBytes))
        } catch let error as URLEncodedForm.Failure {
            let problem = error == .tooManyFields ? "has too many fields" : "is not valid: escapes and UTF-8 have to be"
            throw APIError(code: .badRequest, message: "The form \(problem)", cause: error)
        }
        return Dictionary(form.fields.map { ($0.name, $0.value) }) { _, last in last }
    }
}

extension JSONValue {
    /// The maximum nesting depth of fields.
    private static let maximumFieldDepth = 5

    /// The object that a form's fields describe: a field `place[name]` is the member `name` of the object `place`, as
    /// servers on Node.js read it. Empty fields, which forms send for inputs without a value, are ignored.
    /// - Throws: ``APIError`` `invalidField` when a field is nested too deeply or has both a value and members.
    package init(form fields: [String: String]) throws(APIError) {
        var object = JSONValue.object([:])
        for (name, text) in fields.sorted(by: { $0.key < $1.key }) where !text.isEmpty {
            let path = Self.path(name)
            guard path.count <= Self.maximumFieldDepth else { throw .invalid(name, "is nested too deeply") }
            guard let changed = object.setting(.string(text), at: path[...]) else {
                throw .invalid(path[0], "is given both as a text and in parts")
            }
            object = changed
        }
        self = object
    }

    /// The keys of a field name: `a`, `b`, `c` for `a[b][c]`; any other name is one key.
    private static func path(_ name: String) -> [String] {
        guard let start = name.firstIndex(of: "["), start != name.startIndex, name.last == "]" else { return [name] }
        let inner = name[name.index(after: start)...].dropLast()
        // Keys are separated by `][`.
        let keys = inner.split(separator: "][", omittingEmptySubsequences: false).map(String.init)
        let isNested = keys.allSatisfy { !$0.isEmpty && !$0.contains("[") && !$0.contains("]") }
        return isNested ? [String(name[..<start])] + keys : [name]
    }

    /// This object with `value` at `path`; `nil` when the path is occupied by another value.
    private func setting(_ value: JSONValue, at path: ArraySlice<String>) -> JSONValue? {
        guard let key = path.first else { return nil }
        guard var members = objectValue else { return nil }
        if path.count == 1 {
            guard members[key] == nil else { return nil }
            members[key] = value
        } else {
            guard let inner = (members[key] ?? .object([:])).setting(value, at: path.dropFirst()) else { return nil }
            members[key] = inner
        }
        return .object(members)
    }
}
