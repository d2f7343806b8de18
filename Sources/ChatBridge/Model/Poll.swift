public import Foundation
import JSON

/// A question to the members of a conversation, with options to vote for. It is part of a message and has its ID.
public struct Poll: Sendable, Hashable, Codable {
    /// Whether it accepts votes.
    public enum Status: String, Sendable, Hashable, Codable {
        /// It does.
        case active
        /// Its creator has closed it.
        case closed
        /// Its time has ended.
        case expired
    }

    /// A vote for an option.
    public struct Vote: Sendable, Hashable, Codable {
        /// The user.
        public var user: String
        /// When they voted.
        public var votedAt: Date
    }

    /// An option, and the votes for it in the order in which they were given.
    public struct Option: Sendable, Hashable, Codable {
        /// Its text.
        public var text: String
        /// The votes for it.
        public var votes: [Vote] = []
    }

    /// The user who asks.
    public var creator: String
    /// The question.
    public var question: String
    /// The options.
    public var options: [Option]
    /// How it is voted on.
    public var settings: PollSettings
    /// Whether it accepts votes.
    public var status = Status.active
    /// When it ends by itself; `nil` for never.
    public var expiresAt: Date?
    /// When its creator closed it.
    public var closedAt: Date?
    /// Who closed it.
    public var closedBy: String?

    /// A poll without votes.
    public init(
        creator: String, question: String, options: [String], settings: PollSettings = PollSettings(),
        expiresAt: Date? = nil
    ) {
        self.creator = creator
        self.question = question
        self.options = options.map { Option(text: $0) }
        self.settings = settings
        self.expiresAt = expiresAt
    }

    /// The number of votes.
    public var totalVotes: Int { options.reduce(0) { $0 + $1.votes.count } }

    /// The users who have voted.
    public var voters: Set<String> { Set(options.flatMap(\.votes).map(\.user)) }

    /// Whether a user has voted.
    public func hasVoted(_ user: String) -> Bool { options.contains { $0.votes.contains { $0.user == user } } }

    /// Whether its results are shown to a user, or with `nil` to all members.
    public func showsResults(to user: String?) -> Bool {
        status != .active || settings.showResultsBeforeVote || (user.map(hasVoted) ?? false)
    }
}

/// How a poll is voted on.
public struct PollSettings: Sendable, Hashable, Codable {
    /// Whether a user may vote for several options.
    public var allowMultipleVotes = false
    /// For how many options a user may vote, where they may vote for several.
    public var maxVotesPerUser = 1
    /// Whether it is hidden who has voted for what.
    public var isAnonymous = false
    /// Whether users see results who have not voted yet.
    public var showResultsBeforeVote = false
    /// Whether every member may add options.
    public var allowAddOptions = false
    /// Whether one option is correct; a vote cannot be changed then.
    public var isQuiz = false
    /// The correct option of a quiz.
    public var correctOptionIndex: Int?
    /// Why it is correct.
    public var explanation: String?

    /// The settings that the reference of `bananatalk` shows as an example.
    public init() {}

    /// For how many options a user may vote.
    public var maximumVotes: Int { allowMultipleVotes ? maxVotesPerUser : 1 }
}

extension MessageType {
    /// A poll.
    public static let poll = MessageType(rawValue: "poll")
}

extension ChatMessage {
    /// Its poll. While that is active and ends by itself, ``pollEnd`` is the time of that.
    public var poll: Poll? {
        get {
            guard let stored = self[detail: "poll"] else { return nil }
            return try? Self.decoder.decode(Poll.self, from: Data(stored.encodedText().utf8))
        }
        set {
            // Nothing in a poll fails to be encoded.
            self[detail: "poll"] = newValue.flatMap { poll in
                (try? Self.encoder.encode(poll)).flatMap { try? JSONValue(parsing: $0, limits: Self.pollLimits) }
            }
            pollEnd = newValue.flatMap { $0.status == .active ? $0.expiresAt : nil }
        }
    }

    /// When its poll ends by itself, while that is active: what ``MessageChangeStore/endedPolls(in:at:limit:)`` finds it by.
    package var pollEnd: Date? {
        get { self[detail: "pollEnd"]?.integerValue.map(Date.init(milliseconds:)) }
        set { self[detail: "pollEnd"] = newValue.map { .integer($0.milliseconds) } }
    }

    /// The number of votes is bounded where they are given.
    private static let pollLimits = JSONLimits(maximumBytes: .max, maximumDepth: 32, maximumValues: .max)

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .millisecondsSince1970
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        return decoder
    }
}
