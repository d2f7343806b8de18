public import Foundation

/// Requests with an idempotency key. What they make is noted by the operations that make it, see ``IdempotentRequest``. For errors see
/// ``ChatStore``.
public protocol IdempotencyStore: Sendable {
    /// Takes a request to perform it, unless another attempt does, or it was performed.
    /// - Parameter isActive: whether this process performs the attempt of a token.
    /// - Throws: ``StoreError/unavailable``.
    func claim(_ claim: RequestClaim, isActive: @escaping @Sendable (_ token: String) -> Bool) async throws
        -> RequestClaim.Result
    /// Ends an attempt. Without an answer, and where nothing was made, the key is free again.
    /// - Returns: `false` where an earlier attempt has made something with a body of another fingerprint.
    /// - Throws: ``StoreError/unavailable``.
    func endRequest(_ id: String, token: String, answer: KeptAnswer?, fingerprint: String?) async throws -> Bool
    /// Deletes at most `limit` requests that have expired before `date`. Returns how many there were.
    /// - Throws: ``StoreError/unavailable``.
    func deleteRequests(expiredBefore date: Date, limit: Int) async throws -> Int
}
