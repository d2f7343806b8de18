import ChatBridge
import JSON
import Testing

@testable import Bananatalk

struct BananatalkFormTests {
    @Test("a place in a form is JSON, or its parts, whose degrees are numbers")
    func place() throws {
        let whole = try BananatalkForm.message(["location": #"{"latitude":1.5,"longitude":2}"#])
        let parts = try BananatalkForm.message(["location[latitude]": "1.5", "location[longitude]": "2"])
        for message in [whole, parts] {
            #expect(message["location"]?["latitude"]?.doubleValue == 1.5)
            #expect(message["location"]?["longitude"]?.doubleValue == 2)
        }
        for text in ["nan", "inf", "0x10", "1e999", "1,5", " 1"] {
            let message = try BananatalkForm.message(["location[latitude]": text, "location[longitude]": "2"])
            #expect(throws: ChatError.self) { try BananatalkMessageContent(message) }
        }
    }
}
