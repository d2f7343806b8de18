import Concurrency
package import ObjectStore

/// Copies the objects of a folder to a bucket, while the service may use the folder: an object never changes, so those that
/// appear meanwhile are found by another pass. It can be ended anywhere, and continued by another process.
package struct ObjectMigration: Sendable {
    let source: any ObjectStore
    let target: any ObjectStore
    /// Names the target in the state.
    private let name: String
    private let stateFile: String
    private let concurrency: Int

    /// A migration.
    /// - Parameters:
    ///   - name: names the target: what was copied to another one does not count.
    ///   - stateFile: where it is recorded how far the copy is.
    ///   - concurrency: how many objects are copied at once.
    package init(
        from source: any ObjectStore, to target: any ObjectStore, name: String, stateFile: String, concurrency: Int
    ) {
        (self.source, self.target, self.name, self.stateFile) = (source, target, name, stateFile)
        self.concurrency = max(concurrency, 1)
    }

    /// What a migration did.
    package struct Result: Sendable, Hashable {
        /// How many objects were copied.
        package var copied = 0
        /// Their size, in bytes.
        package var bytes = 0
        /// How many had been copied before.
        package var known = 0
        /// How many were deleted while they were copied.
        package var vanished = 0

        mutating func add(_ other: Result) {
            copied += other.copied
            bytes += other.bytes
            known += other.known
            vanished += other.vanished
        }
    }

    /// How many objects the source has.
    /// - Throws: `ObjectStoreError`.
    package func count() async throws -> Int {
        var (count, after): (Int, ObjectKey?) = (0, nil)
        repeat {
            let page = try await source.list(prefix: "", after: after, limit: 1_000)
            count += page.entries.count
            after = page.next
        } while after != nil
        return count
    }

    /// Copies what the target does not have, in passes until one finds nothing to copy.
    /// - Parameter onProgress: called with the numbers of objects of the first pass that were copied or known.
    /// - Throws: `ObjectStoreError`, ``ObjectMismatch``: what was copied stays, and the copy can be continued;
    ///   ``ObjectMigrationEnded``.
    package func run(onProgress: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> Result {
        var state = try loadState()
        var result = try await pass(&state, onProgress)
        while case let more = try await pass(&state, { _ in }), more.copied > 0 {
            result.copied += more.copied
            result.bytes += more.bytes
        }
        return result
    }

    private func loadState() throws -> ObjectMigrationState {
        let state = ObjectMigrationState.load(stateFile, target: name)
        guard state.isPruned != true else { throw ObjectMigrationEnded(stateFile: stateFile) }
        return state
    }

    private func pass(
        _ state: inout ObjectMigrationState, _ onProgress: @Sendable (Int) -> Void
    ) async throws -> Result {
        var (result, after): (Result, ObjectKey?) = (Result(), nil)
        var sizes = ObjectSizes(of: target)
        repeat {
            try Task.checkCancellation()
            let page = try await source.list(prefix: "", after: after, limit: 200)
            var wanted: [(entry: ObjectPage.Entry, isThere: Bool)] = []
            for entry in page.entries {
                let isThere = try await sizes.size(of: entry.key) == entry.size
                let isCompared =
                    state.isComplete || state.lastKey.map { entry.key.rawValue.utf8.isUpTo($0.utf8) } ?? false
                if isThere && isCompared { result.known += 1 } else { wanted.append((entry, isThere)) }
            }
            result.add(try await copy(wanted))
            if !state.isComplete, let last = page.entries.last {
                state.lastKey = max(state.lastKey ?? "", last.key.rawValue) { $0.utf8.isUpTo($1.utf8) }
                try state.save(stateFile)
            }
            onProgress(page.entries.count)
            after = page.next
        } while after != nil
        if !state.isComplete {
            state.isComplete = true
            try state.save(stateFile)
        }
        return result
    }

    private func copy(_ wanted: [(entry: ObjectPage.Entry, isThere: Bool)]) async throws -> Result {
        let permits = AsyncSemaphore(permits: concurrency)
        return try await withThrowingTaskGroup(of: Result.self) { group in
            for (entry, isThere) in wanted {
                group.addTask {
                    guard await permits.acquire() else { throw CancellationError() }
                    defer { permits.release() }
                    return try await ObjectCopy(key: entry.key, source: source, target: target).run(isThere: isThere)
                }
            }
            var result = Result()
            for try await one in group { result.add(one) }
            return result
        }
    }

    /// Deletes what the target has and the source has not: what was deleted after it was copied. To be called before the target
    /// is used, and while nothing writes to the source.
    /// - Returns: how many objects that were.
    /// - Throws: `ObjectStoreError`; ``ObjectMigrationEnded``.
    package func prune() async throws -> Int {
        var state = try loadState()
        var (pruned, after): (Int, ObjectKey?) = (0, nil)
        repeat {
            let page = try await target.list(prefix: "", after: after, limit: 1_000)
            var surplus: [ObjectKey] = []
            for key in page.keys where try await source.info(key) == nil { surplus.append(key) }
            if !surplus.isEmpty { try await target.delete(surplus) }
            pruned += surplus.count
            after = page.next
        } while after != nil
        state.isPruned = true
        try state.save(stateFile)
        return pruned
    }
}

/// The last step of a migration was done before. The target may have been used since: then it has objects that the source never
/// had, and has deleted others.
package struct ObjectMigrationEnded: Error, CustomStringConvertible {
    let stateFile: String

    /// What was not done, and how it can be.
    package var description: String {
        "nothing was copied or deleted: the last step (--prune) was done before, and the service may have used the bucket "
            + "since. If it has not, remove \(stateFile) and give the command again"
    }
}

extension String.UTF8View {
    /// Whether these bytes come before others, or are the same.
    fileprivate func isUpTo(_ other: String.UTF8View) -> Bool { !other.lexicographicallyPrecedes(self) }
}

private func max(_ a: String, _ b: String, _ isUpTo: (String, String) -> Bool) -> String { isUpTo(a, b) ? b : a }
