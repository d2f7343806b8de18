import HTTPServer
import Testing

@testable import MediaAPI
@testable import SignalRChat

struct SignalRErrorTests {
    @Test("a method that a path does not have is answered with 405")
    func unknownMethod() {
        let error = APIError(code: .methodNotAllowed, message: "", details: .allow(["GET"]))
        #expect(SignalRErrors().response(for: error).status == .methodNotAllowed)
    }
}
