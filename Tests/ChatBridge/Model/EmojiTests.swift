import ChatTestSupport
import Testing

@testable import ChatBridge

struct EmojiTests {
    @Test(
        "emoji sequences of keyboards are one emoji",
        arguments: [
            "👍", "👍🏽", "❤️", "❤", "☺️", "©️", "😂", "👨‍👩‍👧‍👦", "👩🏽‍💻", "🏳️‍🌈", "🏴‍☠️", "🇹🇭", "🇩🇪",
            "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
            "1️⃣", "#️⃣", "*\u{20E3}", "❤️‍🔥", "🧑‍🤝‍🧑", "👩‍❤️‍💋‍👨", "🫱🏻‍🫲🏿", "ℹ️", "🀄",
        ])
    func emoji(text: String) { #expect(Emoji.isOne(text)) }

    @Test(
        "texts without emoji, with several, or with other characters are not one emoji",
        arguments: [
            "", " ", "a", "A", "1", "#", "*", "é", "漢", "ก", "ß", "<", "&", "\u{0}", "like", ":)", "👍👍", "👍 ", " 👍",
            "👍a", "🇩",
            "🇩🇪🇫🇷", "🇩a", "\u{200D}", "👍\u{200D}", "\u{200D}👍", "👍\u{200D}a", "\u{FE0F}", "a\u{FE0F}", "1\u{FE0F}",
            "a\u{20E3}",
            "👍\u{301}", "❤\u{FE0E}", "🏽", "👍🏽🏽", "😂🏽", "👍\u{FE0F}\u{FE0F}", "\u{E0067}", "🏴\u{E0067}", "\u{202E}👍",
            "💩\u{200B}",
        ])
    func others(text: String) { #expect(!Emoji.isOne(text)) }
}
