import Synchronization

/// The request with an idempotency key that the current task performs. What makes something for it notes that in the same transaction, so
/// that another attempt after the end of this process finds what was made, and makes it no second time.
public final class IdempotentRequest: Sendable {
    /// The request of the current task; `nil` where it has no key.
    @TaskLocal public static var current: IdempotentRequest?

    private struct State {
        var counts: [String: Int] = [:]
        var isOver = false
    }

    /// The digest of caller and key.
    package let id: String
    /// The attempt: see ``RequestClaim/token``.
    package let token: String
    /// Whether an earlier attempt has made something.
    public let isResumed: Bool
    private let state = Mutex(State())
    private let readFingerprint: @Sendable () -> String?

    /// The context of an attempt that was claimed.
    /// - Parameter fingerprint: returns that of the body; `nil` until the body was read.
    public init(_ claim: RequestClaim, isResumed: Bool, fingerprint: @escaping @Sendable () -> String?) {
        id = claim.id
        token = claim.token
        self.isResumed = isResumed
        readFingerprint = fingerprint
    }

    /// The fingerprint of the body; `nil` where it was not read yet.
    package var fingerprint: String? { readFingerprint() }

    /// The next change of that kind, counted in the order of the calls: attempts at the same request make the same changes.
    /// - Returns: `nil` when the request was answered, and what is made now is no part of it.
    package func next(_ kind: String) -> IdempotentStep? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            let number = state.counts[kind, default: 0]
            state.counts[kind] = number + 1
            return IdempotentStep(request: self, name: "\(kind)_\(number)")
        }
    }

    /// The request was answered: what its task, or one that it has started, makes from now on belongs to no request.
    public func end() { state.withLock { $0.isOver = true } }
}

/// A change of a request with an idempotency key.
package struct IdempotentStep: Sendable {
    package let request: IdempotentRequest
    package let name: String

    /// The next change of that kind in the current task's request; `nil` where it has no key.
    package static func next(_ kind: String) -> IdempotentStep? { IdempotentRequest.current?.next(kind) }

    /// What an earlier attempt has made in this step; `nil` where none has.
    /// - Throws: ``StoreError/requestTakenOver`` where another attempt performs the request now, ``StoreError/keyReused`` where the earlier
    ///   one had another body.
    package func made(in record: IdempotencyRecord?) throws(ChatError) -> [String]? {
        guard let content = record?.content, content.claim?.token == request.token else {
            throw ChatError(.requestTakenOver)
        }
        guard let step = content.steps.first(where: { $0.name == name }) else { return nil }
        if let stored = content.fingerprint, let sent = request.fingerprint, stored != sent {
            throw ChatError(.keyReused)
        }
        return step.ids
    }

    /// Notes what this attempt has made.
    package func note(_ ids: [String], in record: inout IdempotencyRecord) {
        record.content.steps.append(IdempotencyRecord.Step(name: name, ids: ids))
        if record.content.fingerprint == nil { record.content.fingerprint = request.fingerprint }
    }
}
