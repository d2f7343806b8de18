import JSON
import Logging
import Metrics
import Synchronization

@testable import MediaAPI

/// A chat server that is asked about uploads, in this process.
final class FakeUploadHook: UploadHook {
    typealias Answer = @Sendable () async throws(UploadHookFailure) -> UploadAnswer

    private let answer: Answer
    private let asked = Mutex<[JSONValue]>([])
    let metrics = MetricsRegistry()

    init(_ answer: @escaping Answer) { self.answer = answer }

    /// A chat server that never answers.
    convenience init(failing reason: String) {
        self.init { () throws(UploadHookFailure) in throw UploadHookFailure(reason: reason) }
    }

    /// The `data` of the questions so far.
    var questions: [JSONValue] { asked.withLock { $0 } }

    func ask(_ body: [UInt8], id: String, timeout: Duration) async throws(UploadHookFailure) -> UploadAnswer {
        // What is no JSON is a question without data, which no test expects.
        let question = (try? JSONValue(parsing: body))?["data"] ?? .null
        asked.withLock { $0.append(question) }
        return try await answer()
    }

    func authorizer(
        timeout: Duration = .seconds(600), concurrency: Int = 32, acceptsUnanswered: Bool = false,
        logger: Logger = Logger { _ in }
    ) -> UploadAuthorizer {
        UploadAuthorizer(
            self, timeout: timeout, concurrency: concurrency, acceptsUnanswered: acceptsUnanswered, metrics: metrics,
            logger: logger)
    }
}
