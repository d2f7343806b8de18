/// The languages of the texts that were asked about last.
struct DetectedLanguages: Sendable {
    /// Two generations: a text that is not asked about again is forgotten with the former one.
    private var recent: [String: String?] = [:]
    private var former: [String: String?] = [:]

    /// How many texts a generation has at most; a text has at most ``Translator/maximumTextBytes``.
    private static let generationSize = 128

    /// The language of a text, `.some(nil)` where it cannot be detected; `nil` for a text that is not known.
    subscript(text: String) -> String?? {
        get { recent[text] ?? former[text] }
        set {
            if recent.count >= Self.generationSize {
                former = recent
                recent = [:]
            }
            recent[text] = newValue
        }
    }
}
