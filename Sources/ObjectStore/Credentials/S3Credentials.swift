internal import Foundation
internal import HTTPClient
internal import Synchronization

/// The credentials of a store, which are fetched when they are first needed and again before they expire.
final class S3Credentials: Sendable {
    private typealias Fetching = Task<Result<SigV4Credentials, ObjectStoreError>, Never>

    private struct State {
        var current: TemporaryCredentials?
        var fetching: Fetching?
        /// When credentials were last fetched before they had to be.
        var renewedAt: Date?
    }

    /// Credentials are renewed that expire within this time; the ones at hand serve until the new ones are there.
    private static let margin: TimeInterval = 300
    /// The least time between two renewals of credentials that are still valid.
    private static let interval: TimeInterval = 15

    private let fetch: @Sendable () async throws(ObjectStoreError) -> TemporaryCredentials
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    init(
        now: @escaping @Sendable () -> Date = { Date() },
        fetch: @escaping @Sendable () async throws(ObjectStoreError) -> TemporaryCredentials
    ) {
        (self.now, self.fetch) = (now, fetch)
    }

    /// The credentials of `source`.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when the HTTP client that fetches them cannot be started.
    convenience init(_ source: S3CredentialSource) throws(ObjectStoreError) {
        if case .keys(let accessKey, let secretKey, let token) = source {
            let fixed = TemporaryCredentials(
                credentials: SigV4Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: token),
                expiry: nil)
            self.init { () throws(ObjectStoreError) in fixed }
            state.withLock { $0.current = fixed }
            return
        }
        let client: HTTPClient
        do throws(HTTPClientError) { client = try HTTPClient() } catch {
            throw ObjectStoreError(.unavailable, "The HTTP client could not be started.", cause: error)
        }
        let fetcher = CredentialFetcher(source: source, client: client)
        self.init { () throws(ObjectStoreError) in try await fetcher.fetch() }
    }

    /// The credentials that were fetched last, without waiting; `nil` before the first ones. They may have expired.
    var latest: SigV4Credentials? {
        let time = now()
        return state.withLock { state in
            if let expiry = state.current?.expiry, time >= expiry.addingTimeInterval(-Self.margin) {
                renewEarly(&state, time)
            }
            return state.current?.credentials
        }
    }

    /// Credentials that have not expired. Waits where there are none.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when none can be fetched.
    func valid() async throws(ObjectStoreError) -> SigV4Credentials {
        let time = now()
        let (usable, task) = state.withLock { state -> (SigV4Credentials?, Fetching?) in
            guard let current = state.current, let expiry = current.expiry else {
                return (state.current?.credentials, state.current == nil ? begin(&state) : nil)
            }
            if time < expiry.addingTimeInterval(-Self.margin) { return (current.credentials, nil) }
            guard time < expiry else { return (nil, begin(&state)) }
            renewEarly(&state, time)
            return (current.credentials, nil)
        }
        if let usable { return usable }
        guard let task else { throw .noCredentials("they were not fetched") }
        return try await task.value.get()
    }

    /// Has new credentials fetched in place of `rejected`, which the store does not accept. Returns whether there are others now.
    func renew(_ rejected: SigV4Credentials) async -> Bool {
        let time = now()
        let task = state.withLock { state -> Fetching? in
            guard state.current?.credentials == rejected, state.current?.expiry != nil || state.fetching != nil,
                time.timeIntervalSince(state.renewedAt ?? .distantPast) >= Self.interval
            else { return state.fetching }
            state.renewedAt = time
            return begin(&state)
        }
        _ = await task?.value
        return latest != rejected
    }

    /// Has credentials fetched in place of those that expire soon, unless that was tried a moment ago.
    private func renewEarly(_ state: inout State, _ time: Date) {
        guard time.timeIntervalSince(state.renewedAt ?? .distantPast) >= Self.interval else { return }
        state.renewedAt = time
        _ = begin(&state)
    }

    /// Fetches credentials, or joins the fetch that is under way.
    private func begin(_ state: inout State) -> Fetching {
        if let fetching = state.fetching { return fetching }
        let task = Task { [self] in
            let result: Result<TemporaryCredentials, ObjectStoreError>
            do throws(ObjectStoreError) { result = .success(try await fetch()) } catch { result = .failure(error) }
            self.state.withLock { state in
                state.fetching = nil
                if case .success(let fetched) = result { state.current = fetched }
            }
            return result.map(\.credentials)
        }
        state.fetching = task
        return task
    }
}
