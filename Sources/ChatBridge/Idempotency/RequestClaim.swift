public import Foundation

/// An attempt to perform a request with an idempotency key.
public struct RequestClaim: Sendable, Hashable {
    /// The digest of caller and key.
    public var id: String
    /// Unique to this attempt.
    public var token: String
    /// Whose keys it counts among.
    public var caller: String
    /// Of the body, where it is known already.
    public var fingerprint: String?
    /// Until when the key is kept.
    public var expires: Date
    /// How many keys of the caller may be kept; `nil` for any number.
    public var maximumKept: Int?

    /// An attempt.
    public init(
        id: String, token: String, caller: String, fingerprint: String?, expires: Date, maximumKept: Int?
    ) {
        self.id = id
        self.token = token
        self.caller = caller
        self.fingerprint = fingerprint
        self.expires = expires
        self.maximumKept = maximumKept
    }

    /// What an attempt finds.
    public enum Result: Sendable, Hashable {
        /// The request is to be performed now.
        /// - Parameter isResumed: whether an earlier attempt has made something already.
        case claimed(isResumed: Bool)
        /// Another attempt performs it.
        case underway
        /// It was performed.
        case answered(KeptAnswer, fingerprint: String?)
        /// The key was used for another body.
        case differs
        /// The caller has as many keys as may be kept.
        case tooMany
    }
}

extension RequestClaim {
    /// Takes the request unless another attempt performs it, or has.
    /// - Parameters:
    ///   - record: what is stored, and is to be stored where the result is ``Result/claimed(isResumed:)``.
    ///   - start: the start of this process.
    ///   - isPerformed: whether the process of an attempt lives, and has not given it up.
    ///   - count: how many keys of the caller are kept.
    /// - Throws: what the closures throw.
    package func take(
        _ record: inout IdempotencyRecord?, start: Int, now: Date,
        isPerformed: (IdempotencyRecord.Claim) throws -> Bool, count: () throws -> Int
    ) throws -> Result {
        let claim = IdempotencyRecord.Claim(token: token, start: start)
        let isHeld = try record?.content.claim.map(isPerformed) ?? false
        if let expires = record?.expires, expires <= now, !isHeld { record = nil }
        guard var known = record else {
            if let maximumKept, try count() >= maximumKept { return .tooMany }
            record = IdempotencyRecord(
                id: id, caller: caller, expires: expires,
                content: IdempotencyRecord.Content(claim: claim, fingerprint: fingerprint))
            return .claimed(isResumed: false)
        }
        if let stored = known.content.fingerprint, let fingerprint, stored != fingerprint { return .differs }
        if isHeld { return .underway }
        if let answer = known.content.answer { return .answered(answer, fingerprint: known.content.fingerprint) }
        known.content.claim = claim
        if known.content.fingerprint == nil { known.content.fingerprint = fingerprint }
        record = known
        return .claimed(isResumed: !known.content.steps.isEmpty)
    }
}

extension IdempotencyRecord {
    /// Ends an attempt. The record is deleted (`nil`) where nothing was made and no answer is kept: the key is free again then.
    /// - Returns: `false` where `fingerprint` is not that of the body with which something was made.
    package static func end(
        _ record: inout IdempotencyRecord?, token: String, answer: KeptAnswer?, fingerprint: String?
    ) -> Bool {
        guard var known = record, known.content.claim?.token == token else { return true }
        known.content.claim = nil
        let isSame = known.content.fingerprint == nil || fingerprint == nil || known.content.fingerprint == fingerprint
        if isSame {
            if known.content.fingerprint == nil { known.content.fingerprint = fingerprint }
            // Without a fingerprint it is not known what another body would be.
            if !known.content.isErased, known.content.fingerprint != nil { known.content.answer = answer }
        }
        record = known.content.answer == nil && known.content.steps.isEmpty ? nil : known
        return isSame
    }
}
