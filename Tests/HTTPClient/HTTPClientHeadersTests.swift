import HTTPClient
import Testing

struct HTTPClientHeadersTests {
    @Test("a field is found whatever the case of its name, and replaced as a whole")
    func caseInsensitive() {
        var headers: HTTPClientHeaders = ["Content-Type": "text/plain"]
        headers.append("content-TYPE", "text/html")
        #expect(headers["CONTENT-type"] == "text/plain")
        headers["content-type"] = "image/png"
        #expect(headers.fields == [.init(name: "content-type", value: "image/png")])
        headers["Content-Type"] = nil
        #expect(headers.fields.isEmpty)
    }
}
