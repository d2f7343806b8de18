internal import Bytes
internal import Concurrency
internal import Foundation
internal import HTTPClient
internal import Synchronization

/// Signs and sends requests, and repeats them where that may help.
final class S3Connection: Sendable {
    let configuration: S3Configuration
    let endpoint: S3Endpoint
    let credentials: S3Credentials
    let clock: S3Clock
    /// Limits how many parts are sent at once, over all objects of the store.
    let partPermits: AsyncSemaphore
    private let client: HTTPClient
    private let budget: Mutex<RetryBudget>

    init(
        _ configuration: S3Configuration, endpoint: S3Endpoint, client: HTTPClient, credentials: S3Credentials,
        clock: S3Clock = S3Clock()
    ) {
        self.configuration = configuration
        self.credentials = credentials
        self.endpoint = endpoint
        self.client = client
        self.clock = clock
        partPermits = AsyncSemaphore(permits: configuration.partsInFlightInAll)
        budget = Mutex(RetryBudget(capacity: configuration.retry.budget))
    }

    /// Sends `request` until it succeeds, its deadline passes or the failure is permanent.
    func send(_ request: S3Request) async throws(S3Failure) -> HTTPClientResponse {
        try await send(request) { (response) throws(S3Failure) in response }
    }

    /// The same, where `read` parses a success, or finds that it is none: what it throws is handled like any failure.
    func send<Value: Sendable>(
        _ request: S3Request, read: @Sendable (HTTPClientResponse) throws(S3Failure) -> Value
    ) async throws(S3Failure) -> Value {
        try await repeating(request) { (remaining, credentials) throws(S3Failure) in
            let response: HTTPClientResponse
            do throws(HTTPClientError) {
                response = try await self.client.execute(
                    self.signed(request, credentials, remaining), limit: request.limit)
            } catch {
                throw S3Failure(kind: .transport(error), operation: request.operation)
            }
            guard (200...299).contains(response.status), !response.isError else {
                throw S3Failure(response, request.operation)
            }
            return try read(response)
        }
    }

    /// Sends `request` until the head of a success has arrived.
    func open(_ request: S3Request) async throws(S3Failure) -> HTTPClientStream {
        try await repeating(request) { (_, credentials) throws(S3Failure) in
            let response: HTTPClientResponse
            do throws(HTTPClientError) {
                // Without a total timeout: the reader may take its time. A stall is still detected.
                let stream = try await self.client.stream(self.signed(request, credentials, nil))
                if (200...299).contains(stream.status) { return stream }
                response = try await stream.collected(limit: request.limit)
            } catch {
                throw S3Failure(kind: .transport(error), operation: request.operation)
            }
            throw S3Failure(response, request.operation)
        }
    }

    func signer(_ credentials: SigV4Credentials) -> SigV4Signer {
        SigV4Signer(credentials: credentials, region: configuration.region)
    }

    private func signed(
        _ request: S3Request, _ credentials: SigV4Credentials, _ remaining: Duration?
    ) -> HTTPClientRequest {
        let path = endpoint.path(request.key)
        let isUnsigned = configuration.unsignedPayload && endpoint.isEncrypted && request.body != nil
        var canonical = CanonicalRequest(
            method: request.method, path: path, query: request.query,
            headers: [(name: "Host", value: endpoint.host)] + request.headers,
            payloadHash: isUnsigned
                ? SigV4Signer.unsignedPayload : request.body?.hash ?? S3Request.Payload.emptyHash)
        canonical.headers += signer(credentials).headers(for: canonical, at: clock.now)
        var headers = HTTPClientHeaders()
        for header in canonical.headers { headers.append(header.name, header.value) }
        return HTTPClientRequest(
            request.method, endpoint.url(path: path, query: canonical.canonicalQuery), headers: headers,
            body: request.body.map { .chunks($0.chunks) } ?? .none,
            timeouts: .init(
                connect: configuration.connectTimeout, total: remaining,
                stall: request.timeout ?? configuration.stallTimeout))
    }

    private func validCredentials(_ operation: String) async throws(S3Failure) -> SigV4Credentials {
        do throws(ObjectStoreError) { return try await credentials.valid() } catch {
            throw S3Failure(kind: .credentials(error), operation: operation)
        }
    }

    private func repeating<Value: Sendable>(
        _ request: S3Request, _ attempt: (_ remaining: Duration, SigV4Credentials) async throws(S3Failure) -> Value
    ) async throws(S3Failure) -> Value {
        let end = ContinuousClock.now + min(request.deadline ?? configuration.deadline, configuration.deadline)
        var attempts = 0
        var isClockSet = false
        var areCredentialsRenewed = false
        while true {
            let failure: S3Failure
            var used: SigV4Credentials?
            do throws(S3Failure) {
                attempts += 1
                let credentials = try await validCredentials(request.operation)
                used = credentials
                let value = try await attempt(max(end - .now, .milliseconds(1)), credentials)
                budget.withLock { $0.refund() }
                return value
            } catch {
                failure = error
            }
            if failure.isClockSkew, !isClockSet, clock.adjust(toHeader: failure.date) {
                isClockSet = true
                continue
            }
            if failure.rejectsCredentials, !areCredentialsRenewed, let used, await credentials.renew(used) {
                areCredentialsRenewed = true
                continue
            }
            guard failure.isTransient, !Task.isCancelled,
                let delay = configuration.retry.delay(
                    attempts: attempts, retryAfter: failure.retryAfter, remaining: end - .now,
                    jitter: .random(in: 0..<1)),
                budget.withLock({ $0.withdraw() })
            else { throw failure }
            // Cancelled while waiting: the failure before is reported.
            do { try await Task.sleep(for: delay) } catch { throw failure }
        }
    }
}

extension S3Failure {
    /// The failure that a response other than a success reports.
    init(_ response: HTTPClientResponse, _ operation: String) {
        let error = S3Document(response.body).flatMap { $0.name == "Error" ? $0 : nil }
        self.init(
            kind: .response(
                status: response.status, code: String((error?["Code"]?.text ?? "").prefix(100)),
                message: String((error?["Message"]?.text ?? "").prefix(500))), operation: operation)
        retryAfter = response.headers["Retry-After"].flatMap { Int($0) }.flatMap { $0 >= 0 ? .seconds($0) : nil }
        date = response.headers["Date"]
    }
}

extension HTTPClientResponse {
    /// Whether the body is an error, regardless of the status: a store that has begun to answer cannot change that.
    fileprivate var isError: Bool { body.count < 64 << 10 && S3Document(body)?.name == "Error" }
}

extension HTTPClientStream {
    /// The whole response, if its body has at most `limit` bytes.
    fileprivate func collected(limit: Int) async throws(HTTPClientError) -> HTTPClientResponse {
        var bytes: [UInt8] = []
        while let chunk = try await body.next() {
            guard chunk.count <= limit - bytes.count else {
                throw HTTPClientError(.tooLarge, "The response has more than \(limit) bytes.")
            }
            bytes += [UInt8](chunk)
        }
        return HTTPClientResponse(head: head, body: bytes)
    }
}
