import JSON
import OpenAPI

/// Which dead letters a request delivers again: those of `{"ids": […]}`, or all of them with `{"all": true}`.
enum ReplayedLetters {
    private static let maximum = 1_000
    /// The most digits of an ID.
    private static let maximumDigits = 18

    /// The body of such a request.
    static let body = RequestContent.json(
        .oneOf([
            Schema.object([
                .required("ids", .array(of: .string(1...maximumDigits, pattern: "^[0-9]+$"), 1...maximum))
            ]),
            Schema.object([.required("all", .constant(true))]),
        ]))

    /// The numbers of the dead letters; `nil` for all.
    /// - Throws: ``APIError`` `invalidField` when the body names neither.
    static func numbers(in body: JSONValue) throws(APIError) -> [Int]? {
        if body["all"] == true, body["ids"] == nil { return nil }
        let ids = body["ids"]?.arrayValue ?? []
        let numbers = ids.compactMap { $0.stringValue.flatMap(number) }
        guard body["all"] == nil, (1...maximum).contains(ids.count), numbers.count == ids.count else {
            throw APIError.invalid(
                "ids", "is a list of 1 to \(maximum) IDs of dead letters; or send {\"all\": true}")
        }
        return numbers
    }

    private static func number(_ text: String) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard (1...maximumDigits).contains(text.utf8.count), text.utf8.allSatisfy(digits.contains) else { return nil }
        return Int(text)
    }
}
