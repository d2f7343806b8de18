/// Names of languages.
public enum LanguageCode {
    /// The language without region and script, in lower case: `pt` for `pt-BR`.
    public static func primary(_ code: String) -> String {
        String(code.lowercased().prefix { $0 != "-" && $0 != "_" })
    }

    /// The name by which engines are asked for a language: without region and script, by ISO 639-1 where it has a name there.
    /// `pt` for `pt-BR` and for `por`.
    public static func canonical(_ code: String) -> String { twoLetters(code) }

    /// Whether two names are of one language, whatever its region.
    public static func areSame(_ a: String, _ b: String) -> Bool { canonical(a) == canonical(b) }

    /// Whether `text` has the form of a language's name: two or three letters, perhaps followed by a script or region.
    public static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.utf8.count), parts.count <= 3 else { return false }
        return parts.allSatisfy { (2...8).contains($0.utf8.count) && $0.utf8.allSatisfy(isAlphanumeric) }
    }

    /// The name of a language in ISO 639-3, as Apertium uses it; a name that is not in the table is returned as it is.
    static func threeLetters(_ code: String) -> String { threeLetters[primary(code)] ?? primary(code) }

    /// The name of a language in ISO 639-1 where it has one.
    static func twoLetters(_ code: String) -> String { twoLetters[primary(code)] ?? primary(code) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static let threeLetters = [
        "af": "afr", "an": "arg", "ar": "ara", "be": "bel", "bg": "bul", "br": "bre", "ca": "cat", "cs": "ces",
        "cy": "cym", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "eo": "epo", "es": "spa", "eu": "eus",
        "fi": "fin", "fr": "fra", "ga": "gle", "gl": "glg", "hi": "hin", "hr": "hrv", "hu": "hun", "id": "ind",
        "is": "isl", "it": "ita", "ja": "jpn", "kk": "kaz", "ko": "kor", "mk": "mkd", "ms": "msa", "mt": "mlt",
        "nb": "nob", "nl": "nld", "nn": "nno", "oc": "oci", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus",
        "sc": "srd", "sl": "slv", "sr": "srp", "sv": "swe", "th": "tha", "tr": "tur", "tt": "tat", "uk": "ukr",
        "ur": "urd", "vi": "vie", "zh": "zho",
    ]

    private static let twoLetters = Dictionary(threeLetters.map { ($0.value, $0.key) }) { first, _ in first }
}
