import JSON

/// LibreTranslate's API (docs.libretranslate.com): `POST /translate` and `POST /detect`.
package struct LibreTranslateEngine: TranslationEngine {
    package let name = "libretranslate"
    private let service: EngineClient
    private let key: String?

    /// A language that is less probable than this counts as unknown.
    private static let minimumConfidence = 0.5

    /// An engine.
    /// - Parameter key: the API key; `nil` where the service asks for none.
    package init(_ service: EngineClient, key: String?) {
        self.service = service
        self.key = key
    }

    /// See ``TranslationEngine``.
    /// - Throws: ``TranslationError``.
    package func translate(
        _ text: String, from source: String, to target: String
    ) async throws(TranslationError) -> String {
        let answer = try await post(
            "/translate",
            [
                "q": .string(text), "source": .string(LanguageCode.primary(source)),
                "target": .string(LanguageCode.primary(target)), "format": "text",
            ])
        guard let translated = answer["translatedText"]?.stringValue else {
            throw .unavailable(reason: "the answer has no translatedText")
        }
        return translated
    }

    /// See ``TranslationEngine``.
    /// - Throws: ``TranslationError``.
    package func language(of text: String) async throws(TranslationError) -> String? {
        let answer = try await post("/detect", ["q": .string(text)])
        guard let first = answer[0], let language = first["language"]?.stringValue, LanguageCode.isValid(language),
            let confidence = first["confidence"]?.doubleValue
        else { return nil }
        // In percent; earlier versions say a fraction.
        return (confidence > 1 ? confidence / 100 : confidence) >= Self.minimumConfidence
            ? LanguageCode.primary(language) : nil
    }

    private func post(_ path: String, _ members: JSONObject) async throws(TranslationError) -> JSONValue {
        var members = members
        members["api_key"] = key.map(JSONValue.string)
        return try await service.post(path, JSONValue.object(members).encoded(), type: "application/json")
    }
}
