import Foundation

extension Poll {
    /// Adds a vote. A user who may vote once moves their vote to another option, except in a quiz; voting for the same option again
    /// changes nothing.
    /// - Throws: ``ChatError`` with code `invalidRequest` when the poll has ended, has no such option, or a vote in a quiz is to be
    ///   changed; `limitReached` for more votes than the settings permit.
    mutating func vote(_ option: Int, by user: String, at date: Date) throws(ChatError) {
        try checkActive(at: date)
        guard options.indices.contains(option) else {
            throw ChatError(.invalidRequest, "optionIndex is not the index of an option")
        }
        let own = options.indices.filter { index in options[index].votes.contains { $0.user == user } }
        guard !own.contains(option) else { return }
        if !own.isEmpty {
            guard !settings.isQuiz else { throw ChatError(.invalidRequest, "You have already voted on this poll") }
            if settings.maximumVotes == 1 {
                for index in own { options[index].votes.removeAll { $0.user == user } }
            } else {
                guard own.count < settings.maximumVotes else {
                    throw ChatError(.limitReached, "You can vote for at most \(settings.maximumVotes) options")
                }
            }
        }
        options[option].votes.append(Vote(user: user, votedAt: date))
    }

    /// Adds an option.
    /// - Throws: ``ChatError`` with code `notAllowed` where only the creator chooses options; `invalidRequest` when the poll has ended
    ///   or has the option already; `limitReached` for more than `maximum` options.
    mutating func addOption(_ text: String, by user: String, at date: Date, maximum: Int) throws(ChatError) {
        guard settings.allowAddOptions else { throw ChatError(.notAllowed, "No options can be added to this poll") }
        try checkActive(at: date)
        guard !options.contains(where: { ChatIdentifier.areSame($0.text, text) }) else {
            throw ChatError(.invalidRequest, "The poll has this option already")
        }
        guard options.count < maximum else {
            throw ChatError(.limitReached, "A poll has at most \(maximum) options")
        }
        options.append(Option(text: text))
    }

    /// Ends it if its time has ended at `date`.
    mutating func expire(at date: Date) {
        guard status == .active, let end = expiresAt, end <= date else { return }
        status = .expired
    }

    /// Closes it, unless it has ended.
    mutating func close(by user: String, at date: Date) {
        expire(at: date)
        guard status == .active else { return }
        (status, closedAt, closedBy) = (.closed, date, user)
    }

    private func checkActive(at date: Date) throws(ChatError) {
        guard status != .closed else { throw ChatError(.invalidRequest, "The poll is closed") }
        guard status == .active, expiresAt.map({ date < $0 }) ?? true else {
            throw ChatError(.invalidRequest, "The poll has expired")
        }
    }
}
