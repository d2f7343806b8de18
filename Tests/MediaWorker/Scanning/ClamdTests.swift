import Testing

@testable import MediaWorker

@Suite("clamd's addresses and answers")
struct ClamdTests {
    @Test("an address is a path or a host and port, and nothing else")
    func addresses() {
        #expect(ClamdAddress("unix:/run/clamav/clamd.ctl") == .unix("/run/clamav/clamd.ctl"))
        #expect(ClamdAddress("clamd.example:3310") == .tcp(host: "clamd.example", port: 3310))
        #expect(ClamdAddress("[::1]:3310") == .tcp(host: "::1", port: 3310))
        let long = "unix:/" + String(repeating: "a", count: 107)
        let wrong: [String] = [
            "", "unix:", "unix:relative", "host", "host:", "host:0", "host:65536", ":1", "::1:1", "a b:1", long,
        ]
        for text in wrong { #expect(ClamdAddress(text) == nil, "\(text)") }
    }

    @Test("an answer that a file is clean counts only once all of it was sent, and what cannot be shown is replaced")
    func answers() {
        #expect(ClamdReply.result(Array("stream: OK".utf8), isWhole: true) == .clean)
        #expect(
            ClamdReply.result(Array("stream: OK".utf8), isWhole: false) == .unavailable("clamd answers: stream: OK"))
        #expect(ClamdReply.result(Array("stream: A\nB FOUND".utf8), isWhole: false) == .infected("A?B"))
        let error = "INSTREAM size limit exceeded. ERROR"
        #expect(ClamdReply.result(Array(error.utf8), isWhole: false) == .tooLarge)
        #expect(ClamdReply.result([], isWhole: true) == .unavailable("clamd answers: "))
    }
}
