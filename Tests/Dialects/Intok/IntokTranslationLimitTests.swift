import Testing

@testable import Intok

@Suite("intok: stored translations")
struct IntokTranslationLimitTests {
    @Test("a translation that is far longer than its text is dropped, and so is what exceeds 64 KiB together")
    func limits() {
        func text(_ count: Int) -> String { String(repeating: "a", count: count) }
        let answers = ["de": text(1_064), "es": text(1_065), "fr": "Salut"]
        #expect(IntokService.stored(answers, of: text(10)) == ["de": text(1_064), "fr": "Salut"])
        let long = text(16 << 10)
        let many = ["de": long, "es": long, "fr": long, "it": long, "ko": "x", "pl": "x"]
        #expect(IntokService.stored(many, of: text(4_096)).keys.sorted() == ["de", "es", "fr", "it"])
    }
}
