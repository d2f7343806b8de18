import Bytes
import ChatBridge
import HTTPServer
import JSON
import Testing

@testable import MediaAPI
@testable import SignalRChat

struct SignalRErrorTests {
    @Test("a method that a path does not have is answered with 405")
    func unknownMethod() {
        let error = APIError(code: .methodNotAllowed, message: "", details: .allow(["GET"]))
        #expect(SignalRErrors().response(for: error).status == .methodNotAllowed)
    }

    @Test("the code for who is no participant follows from the reason of the error, whatever its text says")
    func notParticipant() throws {
        func code(_ error: ChatError) throws -> JSONValue? {
            let response = SignalRErrors().response(for: APIError(error))
            guard case .bytes(let bytes) = response.body else { return nil }
            return try JSONValue(parsing: [UInt8](bytes))["error"]?["code"]
        }
        #expect(try code(ChatError(.notAllowed, "Another text", reason: .notMember)) == "NOT_PARTICIPANT")
        #expect(try code(ChatError(.notMember)) == "NOT_PARTICIPANT")
        #expect(try code(ChatError(.notAllowed, SignalRLimits.notParticipant)) == "FORBIDDEN")
    }
}
