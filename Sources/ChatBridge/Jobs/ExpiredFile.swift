import Foundation
import MediaModel

/// A file of a user as the item of a job that deletes it: its key and its user, which it may share the key with others.
public struct ExpiredFile: Sendable, Hashable {
    /// The key of the original.
    public var key: String
    /// The user whose messages and media show it.
    public var owner: String

    package init(key: String, owner: String) {
        self.key = key
        self.owner = owner
    }

    /// The file that an item names; `nil` where it names none.
    public init?(item: String) {
        // Keys have no spaces.
        let parts = item.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        self.init(key: String(parts[0]), owner: String(parts[1]))
    }

    /// What the item is called.
    package var item: String { "\(key) \(owner)" }
}

/// How far the selection of expired files is: behind a file of one of the request's kinds.
package struct ExpiryCursor: Sendable, Hashable {
    /// The place of the kind among those of the request.
    package var index: Int
    /// When the last file was stored, in milliseconds since 1970.
    package var milliseconds: Int
    /// The last file; empty before the first.
    package var last: ExpiredFile

    /// The beginning of a kind.
    package init(index: Int) {
        self.init(index: index, milliseconds: -1 << 52, last: ExpiredFile(key: "", owner: ""))
    }

    /// Behind a file.
    package init(index: Int, milliseconds: Int, last: ExpiredFile) {
        self.index = index
        self.milliseconds = milliseconds
        self.last = last
    }

    /// The cursor as a job has it; the beginning for that of no page.
    package init(_ cursor: SelectionCursor?) {
        self.init(index: 0)
        guard case .object(let text) = cursor else { return }
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let index = Int(parts[0]), let milliseconds = Int(parts[1]) else { return }
        self.init(
            index: index, milliseconds: milliseconds,
            last: ExpiredFile(item: parts[2]) ?? ExpiredFile(key: "", owner: ""))
    }

    package var cursor: SelectionCursor {
        .object("\(index) \(milliseconds) \(last.key.isEmpty ? "" : last.item)")
    }
}

extension Selection {
    /// A page of files that have expired.
    /// - Parameter read: at most as many files of an expiry behind a cursor, the oldest first.
    package init(
        of expiries: [MediaJobRequest.Expiry], after cursor: SelectionCursor?, limit: Int,
        read: (MediaJobRequest.Expiry, ExpiryCursor, Int) throws -> [UserFile]
    ) rethrows {
        var position = ExpiryCursor(cursor)
        while expiries.indices.contains(position.index) {
            let files = try read(expiries[position.index], position, limit)
            let index = position.index
            if let last = files.last, files.count >= limit {
                position = ExpiryCursor(
                    index: index, milliseconds: last.createdAt.milliseconds,
                    last: ExpiredFile(key: last.key, owner: last.owner))
            } else {
                position = ExpiryCursor(index: index + 1)
            }
            guard !files.isEmpty else { continue }
            let items = files.map { ExpiredFile(key: $0.key, owner: $0.owner).item }
            self.init(
                objects: items, next: position.index < expiries.count ? position.cursor : nil,
                sizes: Dictionary(zip(items, files.map(\.bytes))) { first, _ in first })
            return
        }
        self.init(objects: [])
    }
}
