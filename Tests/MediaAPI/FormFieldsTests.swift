import ChatBridge
import JSON
import Testing

@testable import MediaAPI

struct FormFieldsTests {
    @Test("names in brackets are members of an object; empty fields say nothing; other names stay as they are")
    func nested() throws {
        let json = try JSONValue(form: [
            "receiver": "bob", "message": "", "location[latitude]": "1.5", "location[place][name]": "x", "a[": "1",
            "[b]": "2", "c[]": "3",
            "d[e]f": "4",
        ])
        #expect(
            json == [
                "receiver": "bob", "location": ["latitude": "1.5", "place": ["name": "x"]], "a[": "1", "[b]": "2",
                "c[]": "3",
                "d[e]f": "4",
            ])
    }

    @Test(
        "what is given both as a text and in parts, or nested without end, is rejected",
        arguments: [["a": "1", "a[b]": "2"], ["a[b]": "1", "a[b][c]": "2"], ["a[b][c][d][e][f]": "1"]])
    func rejected(fields: [String: String]) {
        #expect(throws: APIError.self) { try JSONValue(form: fields) }
    }
}
