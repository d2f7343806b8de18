package import JSON

extension JSONValue {
    /// The string called `key`; `nil` when it is missing or `null`.
    /// - Throws: ``ChatError/Code/invalidRequest`` when it is no string.
    package func text(_ key: String) throws(ChatError) -> String? {
        guard let value = self[key], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw ChatError(.invalidRequest, "`\(key)` must be a string") }
        return text
    }

    /// The string called `key`, which is required.
    /// - Throws: ``ChatError/Code/invalidRequest`` when it is missing, empty or no string.
    package func requiredText(_ key: String) throws(ChatError) -> String {
        guard let text = try text(key), !text.isEmpty else { throw ChatError(.invalidRequest, "`\(key)` is required") }
        return text
    }

    /// The boolean called `key`; `nil` when it is missing or `null`.
    /// - Throws: ``ChatError/Code/invalidRequest`` when it is no boolean.
    package func flag(_ key: String) throws(ChatError) -> Bool? {
        guard let value = self[key], !value.isNull else { return nil }
        guard let flag = value.boolValue else { throw ChatError(.invalidRequest, "`\(key)` must be true or false") }
        return flag
    }

    /// The string called `key`, of at most `maximumBytes` of UTF-8; `nil` when it is missing or `null`.
    /// - Throws: ``ChatError/Code/invalidRequest`` when it is no string, or longer.
    package func text(_ key: String, maximumBytes: Int) throws(ChatError) -> String? {
        guard let text = try text(key) else { return nil }
        guard text.utf8.count <= maximumBytes else {
            throw ChatError(.invalidRequest, "`\(key)` has more than \(maximumBytes) bytes")
        }
        return text
    }
}
