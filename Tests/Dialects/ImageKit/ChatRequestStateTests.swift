import ChatBridge
import JSON
import Testing

@testable import ImageKit

struct ChatRequestStateTests {
    @Test(
        "a setting that is any number leaves the conversation legible",
        arguments: [Int.min, .min + 1, -1, 0, 1, 1 << 53, .max - 1, .max])
    func settings(number: Int) throws {
        let state = ChatRequestState(["acceptedAt": .integer(number)])
        #expect(!Timestamp.milliseconds(try #require(state.acceptedAt)).isEmpty)
    }
}
