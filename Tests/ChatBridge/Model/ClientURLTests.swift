import Testing

@testable import ChatBridge

@Suite("URLs of clients")
struct ClientURLTests {
    @Test(
        "of the web are valid",
        arguments: ["https://e.org", "HTTP://e.org:8080/a%20b?x=1&y[]=2#z", "https://bücher.example/größe"])
    func valid(url: String) { #expect(ClientURL.isValid(url)) }

    @Test(
        "of another scheme, without a host, or with characters that no URL has are not",
        arguments: [
            "", "https", "https:", "https://", "https:///x", "https://?x", "javascript:alert(1)", "data:text/html,x",
            "//e.org", "https:/e.org", " https://e.org", "https://e.org/ x", "https://e.org/\r\nX: y",
            "https://e.org/\u{202E}x", "https://e.org/\u{200B}", "https://e.org/\"onload=", "https://e.org/<b>",
            "https://e.org\\@x", "java\nscript:alert(1)", "https://e.org/\u{A0}",
        ])
    func invalid(url: String) { #expect(!ClientURL.isValid(url)) }
}
