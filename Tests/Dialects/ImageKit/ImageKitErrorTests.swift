import HTTPServer
import Testing

@testable import ImageKit
@testable import MediaAPI

struct ImageKitErrorTests {
    @Test("a method that a path does not have is answered with 404, for the reference has no 405")
    func unknownMethod() {
        let error = APIError(code: .methodNotAllowed, message: "", details: .allow(["GET"]))
        #expect(ImageKitErrors().response(for: error).status == .notFound)
    }
}
