import ChatBridge
import JSON

extension JSONValue {
    /// Checks that a request's body is an object.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is not.
    func checkObject() throws(ChatError) {
        guard objectValue != nil else { throw ChatError(.invalidRequest, "The body must be a JSON object") }
    }

    /// The whole number called `key`; `nil` when it is missing or `null`.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is no whole number in `range`.
    func wholeNumber(_ key: String, in range: ClosedRange<Int>) throws(ChatError) -> Int? {
        guard let value = self[key], !value.isNull else { return nil }
        // A client that computes with floating point sends 30.0 for 30.
        guard let number = value.integerValue ?? value.doubleValue.flatMap(Int.init(exactly:)),
            range.contains(number)
        else {
            throw ChatError(
                .invalidRequest, "`\(key)` must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
