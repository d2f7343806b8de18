import ChatBridge
import ObjectStore

/// Finds the items of a job, page by page: media in the chat store, or objects in the object store. A page is added together with the place where the
/// next one begins, so that another runner goes on from there; not more than a page is in memory.
struct JobSelector: Sendable {
    let store: any MediaJobStore
    let objects: any ObjectStore

    /// Adds the items of the next page. Returns how many are new; `nil` when nothing is left to select, or the job is lost.
    /// - Throws: `ChatError`; `ObjectStoreError` when the object store cannot list.
    func fill(_ job: String, _ request: MediaJobRequest, by runner: String, limit: Int) async throws -> Int? {
        guard let lines = request.importRules, request.keys == nil else {
            return try await store.fill(job, by: runner, limit: limit)
        }
        guard let position = try await store.selectionPosition(of: job, by: runner) else { return nil }
        var last: ObjectKey?
        if case .object(let key) = position.cursor { last = ObjectKey(validating: key) }
        let page = try await objects.list(prefix: request.prefix ?? "", after: last, limit: limit)
        let rules = ImportRules(lines)
        // Pieces of uploads that are not finished are no files, and previews are no media.
        let keys = page.keys.map(\.rawValue).filter { key in
            !key.hasPrefix(PartwiseWrite.keyPrefix) && !key.hasPrefix(ImportPreparer.previewPrefix)
                && rules.origin(of: key) != nil
        }
        let found = Selection(objects: keys, next: page.next.map { .object($0.rawValue) })
        return try await store.add(found, to: job, by: runner)
    }
}
