/// How much stores keep of messages.
package enum MessageLimits {
    /// The most different reactions of all users to a message.
    package static let maximumReactions = 1_000
    /// The most different reactions of one user, so that one cannot use up what all share.
    package static let maximumReactionsEach = 16
    /// How many deleted messages of a conversation are kept: those deleted last, so that members see that they were deleted, can
    /// request the page after them, and get the same answer when they delete them again.
    package static let maximumDeletedMessages = 50
}
