extension S3Store {
    /// Sends a request for the bucket.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` with a message that names the setting to check.
    public func check() async throws(ObjectStoreError) {
        let timeout = Duration.seconds(10)
        do throws(S3Failure) {
            _ = try await connection.send(S3Request(operation: "HeadBucket", method: "HEAD", deadline: timeout))
        } catch {
            throw ObjectStoreError(
                .unavailable, await reason(error, timeout).remedy ?? "The object store fails: it may recover.",
                cause: error)
        }
    }

    /// A response to HEAD has no body to say why: a listing of nothing has.
    private func reason(_ failure: S3Failure, _ timeout: Duration) async -> S3Failure {
        guard case .response = failure.kind else { return failure }
        let request = S3Request(
            operation: "ListObjectsV2", method: "GET",
            query: [(name: "list-type", value: "2"), (name: "max-keys", value: "1")], deadline: timeout)
        do throws(S3Failure) { _ = try await connection.send(request) } catch {
            if !error.code.isEmpty { return error }
        }
        guard failure.status == 404 else { return failure }
        return S3Failure(
            kind: .response(status: 404, code: "NoSuchBucket", message: ""), operation: failure.operation)
    }
}
