package import JSON

extension ChatMessage {
    /// A member of ``details``; `nil` where there is none, and to remove it.
    package subscript(detail name: String) -> JSONValue? {
        get { details[name] }
        set {
            var members = details.objectValue ?? [:]
            members[name] = newValue
            details = .object(members)
        }
    }
}
