internal import Bytes
internal import Configuration
internal import Foundation
internal import HTTPClient

/// Fetches temporary credentials from where a ``S3CredentialSource`` says.
struct CredentialFetcher: Sendable {
    let source: S3CredentialSource
    let client: HTTPClient

    private static let timeouts = HTTPClientRequest.Timeouts(
        connect: .seconds(2), total: .seconds(5), stall: .seconds(5))
    private static let maximumBytes = 64 << 10
    /// A token of an identity provider, or the text of an `Authorization` field.
    private static let maximumTokenBytes = 16 << 10

    /// - Throws: ``ObjectStoreError/Code/unavailable`` with what failed, and what to check.
    func fetch() async throws(ObjectStoreError) -> TemporaryCredentials {
        switch source {
        case .keys(let accessKey, let secretKey, let token):
            TemporaryCredentials(
                credentials: SigV4Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: token),
                expiry: nil)
        case .webIdentity(let identity): try await assume(identity)
        case .container(let endpoint): try await ask(endpoint)
        case .instanceMetadata(let endpoint): try await askInstance(endpoint)
        }
    }

    /// `AssumeRoleWithWebIdentity` (AWS Security Token Service API, version 2011-06-15). The request is not signed: the token is
    /// the proof.
    private func assume(_ identity: S3CredentialSource.WebIdentity) async throws(ObjectStoreError)
        -> TemporaryCredentials
    {
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", identity.role),
            ("RoleSessionName", identity.sessionName),
            ("WebIdentityToken", try Self.text(ofFile: identity.tokenFile, setting: .s3WebIdentityTokenFile)),
        ]
        let form = fields.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(
            separator: "&")
        let request = HTTPClientRequest(
            "POST", identity.endpoint, headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: .chunks([ByteChunk(Array(form.utf8))]), timeouts: Self.timeouts)
        return try TemporaryCredentials(assumedRole: try await body(request))
    }

    private func ask(_ endpoint: S3CredentialSource.ContainerEndpoint) async throws(ObjectStoreError)
        -> TemporaryCredentials
    {
        var headers = HTTPClientHeaders()
        if let file = endpoint.authorizationFile {
            headers["Authorization"] = try Self.text(ofFile: file, setting: .s3ContainerTokenFile)
        } else if let text = endpoint.authorization {
            headers["Authorization"] = text
        }
        return try TemporaryCredentials(
            metadata: try await body(HTTPClientRequest("GET", endpoint.url, headers: headers, timeouts: Self.timeouts)))
    }

    /// The instance metadata service, version 2: a session's token first, then the name of the instance's role, then its credentials.
    private func askInstance(_ endpoint: String) async throws(ObjectStoreError) -> TemporaryCredentials {
        let lifetime = HTTPClientHeaders(dictionaryLiteral: ("X-aws-ec2-metadata-token-ttl-seconds", "60"))
        let token = Self.line(
            try await body(
                HTTPClientRequest(
                    "PUT", "\(endpoint)/latest/api/token", headers: lifetime, body: .chunks([]), timeouts: Self.timeouts
                )))
        let headers = HTTPClientHeaders(dictionaryLiteral: ("X-aws-ec2-metadata-token", token))
        let roles = "\(endpoint)/latest/meta-data/iam/security-credentials/"
        let role = Self.line(
            try await body(HTTPClientRequest("GET", roles, headers: headers, timeouts: Self.timeouts)))
        guard !role.isEmpty else { throw .noCredentials("the instance has no role") }
        return try TemporaryCredentials(
            metadata: try await body(
                HTTPClientRequest(
                    "GET", roles + PercentEncoding.encode(role), headers: headers, timeouts: Self.timeouts)))
    }

    private func body(_ request: HTTPClientRequest) async throws(ObjectStoreError) -> [UInt8] {
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try await client.execute(request, limit: Self.maximumBytes)
        } catch {
            throw .noCredentials("\(request.url) does not answer", cause: error)
        }
        guard response.status == 200 else {
            // The code alone: a message may repeat the token.
            let code = S3Document(response.body)?["Error"]?["Code"]?.text.prefix(100)
            throw .noCredentials("\(request.url) answers \(response.status)\(code.map { " \($0)" } ?? "")")
        }
        return response.body
    }

    private static func text(ofFile path: String, setting: Setting) throws(ObjectStoreError) -> String {
        let data: [UInt8]
        do throws(FileError) {
            data = try WholeFile.read(path, atMost: maximumTokenBytes + 1)
        } catch {
            throw .noCredentials("\(path), which \(setting.variable) names, cannot be read", cause: error)
        }
        guard data.count <= maximumTokenBytes else {
            throw .noCredentials("\(path), which \(setting.variable) names, has more than \(maximumTokenBytes) bytes")
        }
        let text = line(data)
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .noCredentials("\(path), which \(setting.variable) names, has no token in it")
        }
        return text
    }

    /// The first line of `bytes`, without blanks around it.
    private static func line(_ bytes: [UInt8]) -> String {
        let line = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        return line.trimmingCharacters(in: .whitespaces)
    }
}
