import ChatTestSupport
import Testing

@testable import ChatBridge

struct SearchTextTests {
    @Test(
        "case, optional marks, invisible characters, width and composition make no difference",
        arguments: [
            ("ÄRGER", "ärger"), ("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος"), ("ПРИВЕТ", "привет"),
            ("caf\u{e9}", "cafe\u{301}"),
            ("Ａｂｃ", "abc"), ("ﬁn", "FIN"), ("Łódź", "łÓDŹ"), ("İstanbul", "istanbul"), ("สวัสดี", "สวัสดี"), ("가나", "가나"),
            ("كَتَبَ", "كتب"), ("كـتـب", "كتب"), ("أحمد", "احمد"), ("שָׁלוֹם", "שלום"), ("❤\u{FE0F}", "❤"),
            ("می\u{200C}خواهم", "میخواهم"),
        ])
    func same(one: String, other: String) {
        #expect(SearchText.folded(one).utf8.elementsEqual(SearchText.folded(other).utf8))
    }

    @Test("marks that change the word are kept", arguments: [("กา", "ก่า"), ("가", "각"), ("か", "が"), ("कि", "की")])
    func different(one: String, other: String) {
        #expect(!SearchText.folded(one).utf8.elementsEqual(SearchText.folded(other).utf8))
    }

    @Test(
        "a search consists of its words, without surrounding punctuation",
        arguments: [
            ("Three, ONE", ["one", "three"]), ("  cat  cat ", ["cat"]), ("\"it's\" (good)!", ["good", "it's"]),
            ("100%", ["100"]),
            ("%", ["%"]), ("?!", ["?!"]), ("", []), (" \n", []), ("a\u{0}b", ["a", "b"]),
            ("\u{1}", []),
        ])
    func words(text: String, words: [String]) { #expect(SearchText.words(text) == words) }
}
