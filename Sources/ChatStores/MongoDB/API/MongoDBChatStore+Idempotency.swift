public import ChatBridge
public import Foundation

extension MongoDBChatStore {
    /// See ``IdempotencyStore``.
    public func claim(
        _ claim: RequestClaim, isActive: @escaping @Sendable (_ token: String) -> Bool
    ) async throws -> RequestClaim.Result {
        try await transact { try $0.claim(claim, isActive: isActive) }
    }

    /// See ``IdempotencyStore``.
    public func endRequest(
        _ id: String, token: String, answer: KeptAnswer?, fingerprint: String?
    ) async throws -> Bool {
        try await transact { try $0.endRequest(id, token: token, answer: answer, fingerprint: fingerprint) }
    }

    /// See ``IdempotencyStore``.
    public func deleteRequests(expiredBefore date: Date, limit: Int) async throws -> Int {
        try await performSingly { try $0.deleteRequests(expiredBefore: date, limit: limit) }
    }
}
