import ChatBridge
import Foundation
import JSON

/// The body of `POST /messages/poll`: `{conversationId, question, options, settings?, expiresIn?}`.
struct BananatalkPollRequest {
    let conversation: String
    let question: String
    let options: [String]
    let settings: PollSettings
    /// In seconds.
    let expiresIn: Double?

    /// - Throws: ``ChatError`` with code `invalidRequest` for a field that is missing, of another type or out of its range.
    init(_ body: JSONValue, _ limits: BananatalkLimits) throws(ChatError) {
        guard let conversation = try body.text("conversationId"), !conversation.isEmpty else {
            throw ChatError(.invalidRequest, "conversationId is required")
        }
        guard let question = try body.text("question", maximumBytes: limits.maximumPollBytes), !question.isBlank else {
            throw ChatError(.invalidRequest, "question is required")
        }
        self.conversation = conversation
        self.question = question
        options = try Self.options(body["options"], limits)
        settings = try Self.settings(body["settings"] ?? .null, options: options.count, limits)
        expiresIn = try Self.seconds(body["expiresIn"], limits)
    }

    private static func options(_ value: JSONValue?, _ limits: BananatalkLimits) throws(ChatError) -> [String] {
        guard let texts = value?.arrayValue?.map(\.stringValue), (2...limits.maximumPollOptions).contains(texts.count)
        else {
            throw ChatError(.invalidRequest, "options must be an array of 2 to \(limits.maximumPollOptions) texts")
        }
        let options = texts.compactMap(\.self)
        guard options.count == texts.count, options.allSatisfy({ !$0.isBlank }),
            options.allSatisfy({ $0.utf8.count <= limits.maximumPollBytes })
        else { throw ChatError(.invalidRequest, "Each option is a text of 1 to \(limits.maximumPollBytes) bytes") }
        guard Set(options.map { Array($0.utf8) }).count == options.count else {
            throw ChatError(.invalidRequest, "options has a text twice")
        }
        return options
    }

    private static func settings(
        _ value: JSONValue, options: Int, _ limits: BananatalkLimits
    ) throws(ChatError) -> PollSettings {
        var settings = PollSettings()
        guard !value.isNull else { return settings }
        guard value.objectValue != nil else { throw ChatError(.invalidRequest, "settings must be an object") }
        settings.allowMultipleVotes = try value.flag("allowMultipleVotes") ?? false
        settings.isAnonymous = try value.flag("isAnonymous") ?? false
        settings.showResultsBeforeVote = try value.flag("showResultsBeforeVote") ?? false
        settings.allowAddOptions = try value.flag("allowAddOptions") ?? false
        settings.isQuiz = try value.flag("isQuiz") ?? false
        let votes = try number("maxVotesPerUser", of: value, in: 1...limits.maximumPollOptions)
        settings.maxVotesPerUser = votes ?? (settings.allowMultipleVotes ? limits.maximumPollOptions : 1)
        settings.correctOptionIndex = try number("correctOptionIndex", of: value, in: 0...options - 1)
        settings.explanation = try value.text("explanation", maximumBytes: limits.maximumPollBytes)
        guard !settings.isQuiz || settings.correctOptionIndex != nil else {
            throw ChatError(.invalidRequest, "A quiz needs correctOptionIndex, the index of the correct option")
        }
        return settings
    }

    private static func number(
        _ name: String, of value: JSONValue, in range: ClosedRange<Int>
    ) throws(ChatError) -> Int? {
        guard let given = value[name], !given.isNull else { return nil }
        guard let number = given.integerValue, range.contains(number) else {
            throw ChatError(
                .invalidRequest, "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func seconds(_ value: JSONValue?, _ limits: BananatalkLimits) throws(ChatError) -> Double? {
        guard let value, !value.isNull else { return nil }
        guard let seconds = value.doubleValue, seconds > 0, seconds <= limits.maximumPollTime else {
            throw ChatError(
                .invalidRequest, "expiresIn must be a number of seconds up to \(Int(limits.maximumPollTime))")
        }
        return seconds
    }
}

extension String {
    /// Whether there is nothing but whitespace.
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
