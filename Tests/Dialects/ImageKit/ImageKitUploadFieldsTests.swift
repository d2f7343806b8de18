import ChatBridge
import ChatTestSupport
import TestSupport
import Testing

@testable import ImageKit
@testable import MediaAPI

struct ImageKitUploadFieldsTests {
    @Test(
        "metadata whose names cannot all be kept is rejected, however deep they are",
        arguments: ["%", #"{"a":%}"#, #"{"a":[1,[%]]}"#, #"{"a":{"b":[{"c":%}]}}"#])
    func names(place: String) throws {
        let twice = "{\"caf\u{e9}\":1,\"cafe\u{301}\":2}"
        let error = thrown(APIError.self) {
            try ImageKitUploadFields.check("customMetadata", place.replacing("%", with: twice))
        }
        #expect(error?.code == .invalidField)
        try ImageKitUploadFields.check("customMetadata", place.replacing("%", with: "{\"caf\u{e9}\":1,\"cafe\":2}"))
    }
}
