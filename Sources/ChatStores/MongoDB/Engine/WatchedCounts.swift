import ChatDocuments
import Synchronization

/// Counts of the messages of a collection that are kept while a ``MessageStream`` reports what changes there.
///
/// A count is right if it was made after the last change that the stream has reported (with that time of the cluster, so that also a primary
/// which was elected meanwhile has the change), and if the stream has reported none since that concerns it. Where it is not known that the
/// stream has reported all but the last moments' changes, no count is used. What this process changes itself is reported as well, before
/// the operation returns.
final class WatchedCounts: Sendable {
    /// After what time without an answer of the stream no count is used.
    static let maximumAge = Duration.seconds(2)
    /// The most ranges that are kept, of all conversations: about 5 MB.
    static let maximumRanges = 200_000
    /// The most conversations of which ranges are kept.
    static let maximumConversations = 10_000
    /// How many changes are kept, by which it is decided whether a count that was made meanwhile is right.
    private static let keptChanges = 4_096

    /// What is known of a conversation, for one who counts what is not.
    struct Lease: Sendable {
        /// The conversation as documents name it.
        let conversation: BSONValue
        var ranges: CountedRanges
        /// The time of the cluster of the last change that was reported: counts are to be of that time or later.
        let time: BSONValue
        fileprivate let changes: Int
    }

    private struct Change {
        /// `nil` where any may have changed.
        let conversation: BSONValue?
        /// `nil` where messages at any place may have changed.
        let place: Int?
    }

    private struct Entry {
        var ranges: CountedRanges
        var lastUse: Int
    }

    private struct State {
        var entries: [BSONValue: Entry] = [:]
        var rangeCount = 0
        /// No range of any conversation is after this place.
        var end = 0
        var uses = 0
        /// The last changes, each at its number modulo their capacity.
        var changes: [Change] = []
        var changeCount = 0
        var time: BSONValue?
        /// Everything that had happened by then was reported.
        var completeAt: ContinuousClock.Instant?
    }

    /// How many messages are counted without keeping that.
    let size: Int
    private let state = Mutex(State())

    init(size: Int) { self.size = size }

    /// What is known of a conversation; `nil` where the stream is not known to have told everything.
    func lease(_ conversation: BSONValue) -> Lease? {
        state.withLock { state in
            guard let time = state.time, let completeAt = state.completeAt,
                ContinuousClock.now - completeAt < Self.maximumAge
            else { return nil }
            state.uses += 1
            state.entries[conversation]?.lastUse = state.uses
            return Lease(
                conversation: conversation, ranges: state.entries[conversation]?.ranges ?? CountedRanges(), time: time,
                changes: state.changeCount)
        }
    }

    /// Keeps what was counted, unless something has changed there since the lease.
    func store(_ lease: Lease) {
        guard !lease.ranges.ranges.isEmpty else { return }
        state.withLock { state in
            let new = state.changeCount - lease.changes
            guard new <= Self.keptChanges else { return }
            for number in lease.changes..<state.changeCount {
                let change = state.changes[number % Self.keptChanges]
                if change.conversation.map({ $0 == lease.conversation }) ?? true,
                    change.place.map({ $0 <= lease.ranges.end }) ?? true
                {
                    return
                }
            }
            state.uses += 1
            state.end = max(state.end, lease.ranges.end)
            state.rangeCount += lease.ranges.ranges.count
            state.rangeCount -= state.entries[lease.conversation]?.ranges.ranges.count ?? 0
            state.entries[lease.conversation] = Entry(ranges: lease.ranges, lastUse: state.uses)
            if state.rangeCount > Self.maximumRanges || state.entries.count > Self.maximumConversations {
                Self.evict(&state)
            }
        }
    }

    /// Removes what was not used for longest, until there is space for a while.
    private static func evict(_ state: inout State) {
        for (conversation, entry) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
            guard state.rangeCount > maximumRanges / 10 * 9 || state.entries.count > maximumConversations / 10 * 9
            else { return }
            state.rangeCount -= entry.ranges.ranges.count
            state.entries[conversation] = nil
        }
    }

    /// A message is new, has moved or has gone.
    /// - Parameters:
    ///   - conversation: as documents name it; `nil` where it may be any.
    ///   - place: `nil` where it may be at any place.
    func change(_ conversation: BSONValue?, _ place: Int?) {
        let size = size
        state.withLock { state in
            let change = Change(conversation: conversation, place: place)
            if state.changes.count < Self.keptChanges {
                state.changes.append(change)
            } else {
                state.changes[state.changeCount % Self.keptChanges] = change
            }
            state.changeCount += 1
            guard let place else {
                guard let conversation else {
                    (state.entries, state.rangeCount, state.end) = ([:], 0, 0)
                    return
                }
                state.rangeCount -= state.entries.removeValue(forKey: conversation)?.ranges.ranges.count ?? 0
                return
            }
            // Mostly it is one of the newest messages, of which no count is kept.
            guard place <= state.end else { return }
            let concerned = conversation.map { [$0] } ?? Array(state.entries.keys)
            for key in concerned {
                guard let entry = state.entries[key], place <= entry.ranges.end else { continue }
                state.entries[key]?.ranges.invalidate(place, size: 2 * size)
                state.rangeCount += (state.entries[key]?.ranges.ranges.count ?? 0) - entry.ranges.ranges.count
            }
        }
    }

    /// The stream is about to tell what has changed until a time of the cluster.
    func advance(to time: BSONValue) { state.withLock { $0.time = time } }

    /// The stream has told what had happened by `instant`.
    func complete(at instant: ContinuousClock.Instant) { state.withLock { $0.completeAt = instant } }

    /// The stream is interrupted: no count is used until it is complete again.
    func interrupt() { state.withLock { $0.completeAt = nil } }

    /// How many ranges are kept, for tests.
    var rangeCount: Int { state.withLock { $0.rangeCount } }
}
