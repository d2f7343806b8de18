internal import Concurrency
internal import Synchronization

/// The parts of one object on their way: a few at once, in any order.
final class MultipartUpload: Sendable {
    fileprivate struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var ended: Set<Int> = []
        var etags: [Int: String] = [:]
        var count = 0
        var size = 0
        var failure: ObjectStoreError?
        var abortion: Task<Void, Never>?
    }

    private let upload: S3Upload
    /// Not cancelled with the parts: an upload that was begun has to be known to be ended.
    private let creation: Task<Result<String, S3Failure>, Never>
    private let state = Mutex(State())

    /// Begins the upload.
    init(_ upload: S3Upload) {
        self.upload = upload
        creation = Task {
            do throws(S3Failure) { return .success(try await upload.create()) } catch { return .failure(error) }
        }
    }

    /// What went wrong with an earlier part.
    var failure: ObjectStoreError? { state.withLock { $0.failure } }

    /// Sends `part` as the next one, as soon as fewer than `atOnce` are on their way; returns when it has begun.
    func send(_ part: consuming Part, atOnce: Int) async throws(ObjectStoreError) {
        while let oldest = state.withLock({ $0.oldest(ofMoreThan: atOnce - 1) }) { await wait(oldest) }
        let permits = upload.connection.partPermits
        if await !permits.acquire() {
            cancel()
            throw failure ?? .cancelledWrite(upload.key)
        }
        do throws(ObjectStoreError) { try begin(part) } catch {
            permits.release()
            throw error
        }
    }

    private func begin(_ part: Part) throws(ObjectStoreError) {
        try state.withLock { state throws(ObjectStoreError) in
            if let failure = state.failure { throw failure }
            guard state.count < PartPlan.maximumParts else {
                // Also of later calls: without this part there is no object.
                state.failure = .tooManyParts
                throw .tooManyParts
            }
            state.count += 1
            state.size += part.count
            let number = state.count
            state.tasks[number] = Task {
                await self.deliver(part, number)
                self.upload.connection.partPermits.release()
            }
        }
    }

    /// Waits for all parts and makes them one object.
    func complete() async throws(ObjectStoreError) -> ObjectInfo {
        while let oldest = state.withLock({ $0.oldest(ofMoreThan: 0) }) { await wait(oldest) }
        let (etags, size) = try state.withLock { state throws(ObjectStoreError) in
            if let failure = state.failure { throw failure }
            return ((1...state.count).compactMap { state.etags[$0] }, state.size)
        }
        do throws(S3Failure) {
            let id = try await creation.value.get()
            // Not in the caller's task: half a cancellation would leave the end in the dark.
            let completion = Task { [upload] in
                do throws(S3Failure) {
                    return Result<_, S3Failure>.success(try await upload.complete(id, etags: etags, size: size))
                } catch { return .failure(error) }
            }
            return try await completion.value.get()
        } catch {
            throw ObjectStoreError(incomplete: error, key: upload.key)
        }
    }

    /// Stops what is on its way and removes what has arrived.
    func abort() async {
        let abortion = state.withLock { state in
            if let abortion = state.abortion { return abortion }
            let abortion = Task { await self.remove() }
            state.abortion = abortion
            return abortion
        }
        await abortion.value
    }

    private func remove() async {
        cancel()
        for task in state.withLock({ Array($0.tasks.values) }) { await task.value }
        // Where this fails, the uploads that are begun and never ended are found by their age.
        if case .success(let id) = await creation.value { try? await upload.abort(id) }
    }

    private func deliver(_ part: consuming Part, _ number: Int) async {
        let part = part
        do throws(S3Failure) {
            let id = try await creation.value.get()
            let etag = try await upload.send(await part.payload(), as: number, of: id)
            state.withLock {
                $0.etags[number] = etag
                $0.ended.insert(number)
            }
        } catch {
            fail(ObjectStoreError(incomplete: error, key: upload.key))
            state.withLock { _ = $0.ended.insert(number) }
        }
    }

    private func wait(_ task: Task<Void, Never>) async {
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            cancel()
        }
    }

    private func cancel() {
        fail(.cancelledWrite(upload.key))
    }

    /// One part less is an object less: the others need not arrive.
    private func fail(_ failure: ObjectStoreError) {
        let tasks = state.withLock { state in
            if state.failure == nil { state.failure = failure }
            return Array(state.tasks.values)
        }
        tasks.forEach { $0.cancel() }
    }
}

extension MultipartUpload.State {
    /// The part that was sent first, if more than `count` are on their way.
    fileprivate mutating func oldest(ofMoreThan count: Int) -> Task<Void, Never>? {
        for number in ended { tasks[number] = nil }
        return tasks.count > count ? tasks.min { $0.key < $1.key }?.value : nil
    }
}

extension ObjectStoreError {
    /// A write that failed: whatever the store said, the object is not there.
    init(incomplete failure: S3Failure, key: ObjectKey) {
        let error = ObjectStoreError(failure, key: key)
        self = error.code == .notFound ? ObjectStoreError(.unavailable, "The upload was lost.", cause: failure) : error
    }

    fileprivate static func cancelledWrite(_ key: ObjectKey) -> ObjectStoreError {
        ObjectStoreError(.unavailable, "The object \(key) was given up while its parts were sent.")
    }

    fileprivate static let tooManyParts = ObjectStoreError(
        .outOfSpace,
        "The object is longer than was declared: it would take more than \(PartPlan.maximumParts) parts.")
}
