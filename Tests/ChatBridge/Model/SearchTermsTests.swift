import Testing

@testable import ChatBridge

@Suite("The terms by which searches find a text")
struct SearchTermsTests {
    @Test(
        "are words, pairs of characters of scripts without spaces, and symbols",
        arguments: [
            ("One two, one", [",", "one", "two"]), ("Grüße", ["grusse"]), ("สวัส", ["วั", "ส", "สว", "ัส"]),
            ("iPhone手机", ["iphone", "手机", "机"]), ("👍🏽 100%", ["%", "100", "🏽", "👍"]), ("", []), (" \n", []),
            ("किताब", ["किताब"]),
        ])
    func terms(text: String, expected: [String]) {
        let sorted = expected.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(SearchTerms.terms(of: text) == sorted)
    }

    @Test("are cut, and their number is bounded")
    func bounds() {
        #expect(SearchTerms.terms(of: String(repeating: "a", count: 100)) == [String(repeating: "a", count: 24)])
        let many = (0..<10_000).map(String.init).joined(separator: " ")
        #expect(SearchTerms.terms(of: many).count == SearchTerms.maximumCount)
    }

    @Test("of a query are prefixes, the longest first; what is more than one term must be in the text as it is")
    func queries() {
        #expect(SearchQuery("tw one").prefixes == ["one", "tw"])
        #expect(SearchQuery("tw one").contained == [])
        #expect(SearchQuery("ดี").contained == [])
        #expect(SearchQuery("สวัส").contained == ["สวัส"])
        #expect(SearchQuery("a-b").contained == ["a-b"])
        #expect(SearchQuery(" ").prefixes == [])
        let long = String(repeating: "a", count: 30)
        #expect(SearchQuery(long).contained == [long])
        let many = (10..<60).map(String.init).joined(separator: " ")
        #expect(SearchQuery(many).prefixes.count == SearchQuery.maximumPrefixes)
        #expect(SearchQuery(many).prefixes.count + SearchQuery(many).contained.count == 50)
    }
}
