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
        #expect(IntokService.stored(many, of: text(4_096), besides: 32 << 10).keys.sorted() == ["de", "es"])
    }

    @Test("late translations are made of one message of each sender, and of four messages at once")
    func late() async {
        let late = LateTranslations()
        let (release, continuation) = AsyncStream<Void>.makeStream()
        let (begun, beginning) = AsyncStream<String>.makeStream()
        for sender in ["ann", "ann", "bob", "cid", "dan", "eva"] {
            late.start(for: sender) {
                beginning.yield(sender)
                for await _ in release {}
            }
        }
        var senders: [String] = []
        for await sender in begun {
            senders.append(sender)
            if senders.count == 4 { break }
        }
        #expect(senders.sorted() == ["ann", "bob", "cid", "dan"])
        continuation.finish()
    }
}
