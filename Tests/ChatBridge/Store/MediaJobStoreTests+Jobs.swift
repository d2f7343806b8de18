import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel

/// Jobs and items for the tests.
extension MediaJobStoreTests {
    func selected(_ request: MediaJobRequest, limit: Int = 100) async throws -> [String] {
        var (objects, cursor) = ([String](), SelectionCursor?.none)
        repeat {
            let page = try await store.select(request, after: cursor, limit: limit)
            objects += page.objects
            cursor = page.next
        } while cursor != nil
        return objects
    }

    func job(objects: [String], key: String? = nil) async throws -> MediaJob {
        try await store.add(
            MediaJob(
                id: fixture.ids.next(at: fixture.clock.now).description, origin: .command,
                request: MediaJobRequest(keys: objects), idempotencyKey: key, createdAt: fixture.clock.now))
    }

    func granted(_ job: MediaJob, by runner: String) async throws -> MediaJob {
        guard case .granted(let job) = try await store.claim(job.id, by: runner, lease: .seconds(10)) else {
            throw ChatError(.notFound, "not granted")
        }
        return job
    }

    func item(of job: MediaJob, by runner: String) async throws -> MediaJobItem {
        guard case .item(let item) = try await store.nextItem(of: job.id, by: runner) else {
            throw ChatError(.notFound, "no item")
        }
        return item
    }

    func filled(_ objects: [String]) async throws -> MediaJob {
        let job = try await job(objects: objects)
        let granted = try await granted(job, by: "one")
        while try await store.fill(job.id, by: "one", limit: 100) != nil {}
        return granted
    }

    func begun(
        _ item: Int, of job: MediaJob, by holder: String, isTakeover: Bool = false
    ) async throws -> MediaJobItem {
        let result = try await store.begin(item, of: job.id, by: holder, isTakeover: isTakeover)
        guard case .begun(let item, job.request) = result else { throw ChatError(.notFound, "not begun: \(result)") }
        return item
    }

    func change(to thumbnail: String) -> MediaChange {
        MediaChange(objects: [thumbnail]) { record in
            var record = record
            record.thumbnailKey = thumbnail
            return record
        }
    }

    func begun(_ objects: [String]) async throws -> (MediaJob, MediaJobItem) {
        let job = try await job(objects: objects)
        _ = try await granted(job, by: "one")
        while try await store.fill(job.id, by: "one", limit: 100) != nil {}
        return (job, try await item(of: job, by: "one"))
    }
}
