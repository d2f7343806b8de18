import Bytes
import Foundation
import JSON
import Synchronization
import TestPrograms
import Testing

@testable import HTTPServer
@testable import MediaAPI

@Suite("upload.authorize: uploads that wait")
struct UploadWaitTests {
    @Test("while the chat server thinks, nothing of the file is read or stored; then it is uploaded")
    func backPressure() async throws {
        let isAnswered = Mutex(false)
        let hook = FakeUploadHook {
            while !isAnswered.withLock({ $0 }), !Task.isCancelled {
                // Cancelled with the request.
                try? await Task.sleep(for: .milliseconds(5))
            }
            return .accepted
        }
        let fixture = try TusFixture(authorizer: hook.authorizer())
        let before = fixture.files
        let sent = SentBody()
        let fields: HTTPFields = ["Content-Type": "multipart/form-data; boundary=b"]
        async let response = fixture.call(.post, "/v1/media", fields, body: sent.body, version: nil)
        // Where an expectation throws, nothing waits for more.
        defer { sent.breakOff() }
        let form = Form.body([:], file: "file")
        // All fields, and some bytes of the file: by these the reader knows that its header has ended.
        let head = form.count - UploadCall.bytes.count + 1000
        sent.send(Array(form[..<head]))
        try await eventually { hook.questions.count == 1 }
        sent.send(Array(form[head...]))
        try await sent.wasRead(head)
        #expect(fixture.files == before)
        sent.end()
        isAnswered.withLock { $0 = true }
        let answer = await response
        #expect(answer.status == .created, "\(answer.text)")
        try await sent.wasRead(form.count)
        #expect(hook.questions.count == 1)
    }

    @Test("the question knows the fields before the file, and none of those behind it")
    func fields() async throws {
        let hook = FakeUploadHook { .refused(reason: nil) }
        let fixture = try TusFixture(authorizer: hook.authorizer())
        let body = Form.body(["a": "1", "b": "2"], file: "file", more: ["c": "3"])
        let answer = await fixture.call(
            .post, "/v1/media", ["Content-Type": "multipart/form-data; boundary=b"],
            body: RequestBody(ByteChunk(body)), version: nil)
        #expect(answer.status == .forbidden && answer.code == "upload_refused", "\(answer.text)")
        #expect(hook.questions.map { $0["fields"] } == [["a": "1", "b": "2"]])
        #expect(hook.questions.first?["file"]?["contentType"]?.stringValue == "application/pdf")
    }
}
