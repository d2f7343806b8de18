/// What a request says of the engine.
enum TranslationOutcome: Sendable, Hashable {
    /// Nothing: an engine may reject a text or a language without a request.
    case unknown
    /// It works.
    case answered
    /// It did not answer.
    case failed(reason: String)

    /// Why it did not answer; `nil` where that is not so.
    var failure: String? { if case .failed(let reason) = self { reason } else { nil } }

    init<Value>(_ result: Result<Value, TranslationError>) {
        switch result {
        case .success: self = .answered
        case .failure(.unavailable(let reason)): self = .failed(reason: reason)
        case .failure: self = .unknown
        }
    }
}
