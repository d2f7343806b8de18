import Foundation
import Testing

@testable import ChatBridge

@Suite("Voting")
struct PollTests {
    private let date = Date(timeIntervalSince1970: 1_705_314_600)

    private func poll(_ change: (inout PollSettings) -> Void = { _ in }) -> Poll {
        var settings = PollSettings()
        change(&settings)
        return Poll(creator: "ann", question: "?", options: ["a", "b", "c"], settings: settings, expiresAt: date + 10)
    }

    private func counts(_ poll: Poll) -> [Int] { poll.options.map(\.votes.count) }

    private func code(_ body: () throws -> Void) -> ChatError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ChatError)?.code
        }
    }

    @Test("a single vote moves to another option, and is counted once")
    func single() throws {
        var poll = poll()
        for option in [0, 0, 2] { try poll.vote(option, by: "bob", at: date) }
        try poll.vote(2, by: "cid", at: date)
        #expect(counts(poll) == [0, 0, 2] && poll.totalVotes == 2 && poll.voters == ["bob", "cid"])
    }

    @Test("several votes are for different options, up to the number that the settings permit")
    func multiple() throws {
        var poll = poll { ($0.allowMultipleVotes, $0.maxVotesPerUser) = (true, 2) }
        for option in [0, 0, 1] { try poll.vote(option, by: "bob", at: date) }
        #expect(code { try poll.vote(2, by: "bob", at: date) } == .limitReached)
        #expect(counts(poll) == [1, 1, 0] && poll.voters.count == 1)
    }

    @Test("a vote in a quiz stays")
    func quiz() throws {
        var poll = poll { ($0.isQuiz, $0.correctOptionIndex) = (true, 1) }
        try poll.vote(0, by: "bob", at: date)
        #expect(code { try poll.vote(1, by: "bob", at: date) } == .invalidRequest)
        #expect(counts(poll) == [1, 0, 0])
    }

    @Test("an option that there is not, and a poll that has ended, accept no vote")
    func rejected() {
        var poll = poll()
        for option in [-1, 3, .min, .max] {
            #expect(code { try poll.vote(option, by: "bob", at: date) } == .invalidRequest)
        }
        #expect(code { try poll.vote(0, by: "bob", at: date + 10) } == .invalidRequest)
        poll.close(by: "ann", at: date)
        #expect(code { try poll.vote(0, by: "bob", at: date) } == .invalidRequest)
        #expect(poll.status == .closed && poll.closedBy == "ann" && counts(poll) == [0, 0, 0])
    }

    @Test("options are added where the settings permit it, none twice")
    func options() throws {
        var closed = poll()
        #expect(code { try closed.addOption("d", by: "bob", at: date, maximum: 5) } == .notAllowed)
        var open = poll { $0.allowAddOptions = true }
        try open.addOption("d", by: "bob", at: date, maximum: 4)
        #expect(code { try open.addOption("d", by: "bob", at: date, maximum: 9) } == .invalidRequest)
        #expect(code { try open.addOption("e", by: "bob", at: date, maximum: 4) } == .limitReached)
        #expect(open.options.map(\.text) == ["a", "b", "c", "d"])
    }

    @Test("a message keeps a poll with more votes than a request may have values")
    func manyVotes() throws {
        var poll = poll { ($0.allowMultipleVotes, $0.maxVotesPerUser) = (true, 3) }
        for user in 0..<5_000 {
            for option in 0..<3 { try poll.vote(option, by: "user-\(user)", at: date) }
        }
        var message = ChatMessage(
            id: "m", dialect: .bananatalk, conversation: "c", sender: "ann", type: .poll, text: "?", createdAt: date)
        message.poll = poll
        #expect(message.poll == poll && message.pollEnd == date + 10)
        #expect(poll.hasVoted("user-4999") && !poll.hasVoted("user-5000"))
    }

    @Test("results are shown before voting only where the settings say so, and always at the end")
    func results() throws {
        var poll = poll()
        try poll.vote(0, by: "bob", at: date)
        #expect(poll.showsResults(to: "bob") && !poll.showsResults(to: "ann") && !poll.showsResults(to: nil))
        #expect(self.poll { $0.showResultsBeforeVote = true }.showsResults(to: "ann"))
        poll.expire(at: date + 9)
        #expect(poll.status == .active)
        poll.expire(at: date + 10)
        #expect(poll.status == .expired && poll.showsResults(to: nil))
        poll.close(by: "ann", at: date + 11)
        #expect(poll.status == .expired)
    }
}
