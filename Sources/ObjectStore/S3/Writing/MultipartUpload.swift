internal import Concurrency
internal import Synchronization

/// Sends the parts of one object: a few at once, in any order.
final class MultipartUpload: Sendable {
    fileprivate struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var ended: Set<Int> = []
        var etags: [Int: String] = [:]
        /// The number of the last part.
        var last: Int
        var size = 0
        var failure: ObjectStoreError?
        var abortTask: Task<Void, Never>?
    }

    private let upload: S3Upload
    /// Not cancelled with the parts: the id of an upload that was begun must be known to abort it.
    private let creation: Task<Result<String, S3Failure>, Never>
    private let state: Mutex<State>

    /// Begins the upload.
    /// - Parameter reserved: how many numbers before that of the first part are left for parts that are sent later.
    init(_ upload: S3Upload, reserved: Int = 0) {
        self.upload = upload
        state = Mutex(State(last: reserved))
        creation = Task {
            do throws(S3Failure) { return .success(try await upload.create()) } catch { return .failure(error) }
        }
    }

    /// The failure of an earlier part.
    var failure: ObjectStoreError? { state.withLock { $0.failure } }

    /// Sends `part` as the next one, or as the reserved `number`, as soon as fewer than `atOnce` are being sent; returns when it has begun.
    func send(_ part: consuming Part, as number: Int? = nil, atOnce: Int) async throws(ObjectStoreError) {
        while let oldest = state.withLock({ $0.oldest(ofMoreThan: atOnce - 1) }) { await wait(oldest) }
        let permits = upload.connection.partPermits
        if await !permits.acquire() {
            cancel()
            throw failure ?? .cancelledWrite(upload.key)
        }
        do throws(ObjectStoreError) { try begin(part, number) } catch {
            permits.release()
            throw error
        }
    }

    private func begin(_ part: Part, _ reserved: Int?) throws(ObjectStoreError) {
        try state.withLock { state throws(ObjectStoreError) in
            if let failure = state.failure { throw failure }
            guard reserved != nil || state.last < PartPlan.maximumParts else {
                // Also of later calls: without this part there is no object.
                state.failure = .tooManyParts
                throw .tooManyParts
            }
            if reserved == nil { state.last += 1 }
            state.size += part.count
            let number = reserved ?? state.last
            state.tasks[number] = Task {
                await self.deliver(part, number)
                self.upload.connection.partPermits.release()
            }
        }
    }

    /// Waits for all parts and completes the object.
    func complete() async throws(ObjectStoreError) -> ObjectInfo {
        while let oldest = state.withLock({ $0.oldest(ofMoreThan: 0) }) { await wait(oldest) }
        let (etags, size) = try state.withLock { state throws(ObjectStoreError) in
            if let failure = state.failure { throw failure }
            return (state.etags.sorted { $0.key < $1.key }.map { (number: $0.key, etag: $0.value) }, state.size)
        }
        do throws(S3Failure) {
            let id = try await creation.value.get()
            // Not in the caller's task: a cancellation half-way would leave the outcome unknown.
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

    /// Stops the transfers and removes the parts that were stored.
    func abort() async {
        let abortTask = state.withLock { state in
            if let abortTask = state.abortTask { return abortTask }
            let abortTask = Task { await self.remove() }
            state.abortTask = abortTask
            return abortTask
        }
        await abortTask.value
    }

    private func remove() async {
        cancel()
        for task in state.withLock({ Array($0.tasks.values) }) { await task.value }
        // Where this fails, the upload is found later by its age.
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

    /// Without this part there is no object: the others are cancelled.
    private func fail(_ failure: ObjectStoreError) {
        let tasks = state.withLock { state in
            if state.failure == nil { state.failure = failure }
            return Array(state.tasks.values)
        }
        tasks.forEach { $0.cancel() }
    }
}

extension MultipartUpload.State {
    /// The part that was sent first, if more than `count` are being sent.
    fileprivate mutating func oldest(ofMoreThan count: Int) -> Task<Void, Never>? {
        for number in ended { tasks[number] = nil }
        return tasks.count > count ? tasks.min { $0.key < $1.key }?.value : nil
    }
}

extension ObjectStoreError {
    /// A write that failed: whatever the store answered, the object does not exist.
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
