import Bytes
import JSON

/// The API of Apertium APy (wiki.apertium.org/wiki/Apertium-apy): `/listPairs`, `/translate` and `/identifyLang`. Its languages
/// are named by ISO 639-3.
package final class ApertiumEngine: TranslationEngine {
    private struct Pair: Hashable {
        let source: String
        let target: String
    }

    package let name = "apertium"
    private let service: EngineClient
    private let pairs = Cached<Set<Pair>>(for: .seconds(300))

    /// A language whose share of known words is smaller than this counts as unknown.
    private static let minimumCoverage = 0.5

    /// An engine.
    package init(_ service: EngineClient) { self.service = service }

    /// See ``TranslationEngine``. A pair of languages that is not installed is not asked for.
    /// - Throws: ``TranslationError``.
    package func translate(
        _ text: String, from source: String, to target: String
    ) async throws(TranslationError) -> String {
        let pair = Pair(source: LanguageCode.threeLetters(source), target: LanguageCode.threeLetters(target))
        guard try await installedPairs().contains(pair) else { throw .unsupported }
        let fields = [
            ("langpair", "\(pair.source)|\(pair.target)"), ("q", text), ("markUnknown", "no"), ("format", "txt"),
        ]
        let answer = try await service.post("/translate", Self.form(fields), type: "application/x-www-form-urlencoded")
        guard let translated = answer["responseData"]?["translatedText"]?.stringValue else {
            throw .unavailable(reason: "the answer has no translatedText")
        }
        return translated
    }

    /// See ``TranslationEngine``. Known only where analyzers, or a detector, are installed beside the pairs.
    /// - Throws: ``TranslationError``.
    package func language(of text: String) async throws(TranslationError) -> String? {
        let answer = try await service.get("/identifyLang?q=" + PercentEncoding.encode(text))
        let languages = (answer.objectValue ?? [:]).compactMap { language, share -> (String, Double)? in
            share.doubleValue.map { (language, $0 > 1 ? $0 / 100 : $0) }
        }
        guard let best = languages.max(by: { $0.1 < $1.1 }), best.1 >= Self.minimumCoverage else { return nil }
        return LanguageCode.twoLetters(best.0)
    }

    private func installedPairs() async throws(TranslationError) -> Set<Pair> {
        if let known = pairs.value { return known }
        let answer = try await service.get("/listPairs")
        guard let list = answer["responseData"]?.arrayValue else {
            throw .unavailable(reason: "the answer has no responseData")
        }
        let installed = list.compactMap { element -> Pair? in
            guard let source = element["sourceLanguage"]?.stringValue,
                let target = element["targetLanguage"]?.stringValue
            else { return nil }
            return Pair(source: source, target: target)
        }
        let set = Set(installed)
        pairs.set(set)
        return set
    }

    private static func form(_ fields: [(String, String)]) -> [UInt8] {
        Array(fields.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8)
    }
}
