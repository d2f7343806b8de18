/// The entry of an item that failed at its last attempt.
struct ItemDeadLetter: Sendable {
    let job: String
    let item: Int
    let object: String
    let attempts: Int
    let code: String
    let message: String

    /// The fields of its entry, each name before its value.
    var fields: [String] {
        [
            "job", job, "item", "\(item)", "object", object, "attempts", "\(attempts)", "code", code, "message",
            message,
        ]
    }
}
