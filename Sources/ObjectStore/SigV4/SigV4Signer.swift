internal import Crypto
internal import Foundation

/// AWS Signature Version 4 for S3: signatures in the `Authorization` header and in the query.
struct SigV4Signer: Sendable {
    let credentials: SigV4Credentials
    let region: String
    var service = "s3"

    private static let algorithm = "AWS4-HMAC-SHA256"
    /// The constant in place of the hash of a body that is not known yet.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    /// The longest validity of a presigned URL, in seconds: a week.
    static let maximumExpiry = 604_800

    /// The header fields to add to `request`, whose headers have `Host` and all that must be signed: those that are missing,
    /// and the signature.
    func headers(for request: CanonicalRequest, at date: Date) -> [CanonicalRequest.Pair] {
        let time = SigV4Time(date)
        var added: [CanonicalRequest.Pair] = [
            (name: "x-amz-content-sha256", value: request.payloadHash), (name: "x-amz-date", value: time.text),
        ]
        if let token = credentials.sessionToken { added.append((name: "x-amz-security-token", value: token)) }
        var request = request
        request.headers += added
        let authorization =
            "\(Self.algorithm) Credential=\(credentials.accessKey)/\(scope(time)), "
            + "SignedHeaders=\(request.signedHeaders), Signature=\(signature(of: request, at: time))"
        return added + [(name: "Authorization", value: authorization)]
    }

    /// The whole query of a URL that permits `request` for `seconds` (1...604,800) from `date`
    /// on. Its payload hash is not used: the body is not signed.
    func presignedQuery(for request: CanonicalRequest, at date: Date, seconds: Int) -> String {
        let time = SigV4Time(date)
        var request = request
        request.payloadHash = Self.unsignedPayload
        request.query += [
            (name: "X-Amz-Algorithm", value: Self.algorithm),
            (name: "X-Amz-Credential", value: "\(credentials.accessKey)/\(scope(time))"),
            (name: "X-Amz-Date", value: time.text),
            (name: "X-Amz-Expires", value: "\(min(max(seconds, 1), Self.maximumExpiry))"),
            (name: "X-Amz-SignedHeaders", value: request.signedHeaders),
        ]
        if let token = credentials.sessionToken { request.query.append((name: "X-Amz-Security-Token", value: token)) }
        return request.canonicalQuery + "&X-Amz-Signature=\(signature(of: request, at: time))"
    }

    /// The signature of a request, in hexadecimal.
    func signature(of request: CanonicalRequest, at time: SigV4Time) -> String {
        sign(
            [Self.algorithm, time.text, scope(time), hexEncode(SHA256.hash(request.text.utf8))].joined(separator: "\n"),
            on: time)
    }

    /// The signature of a finished string to sign, in hexadecimal.
    func sign(_ stringToSign: String, on time: SigV4Time) -> String {
        hexEncode(HMAC.sha256(stringToSign.utf8, key: signingKey(time)))
    }

    /// The scope that the signature is valid in: day, region and service.
    func scope(_ time: SigV4Time) -> String { "\(time.day)/\(region)/\(service)/aws4_request" }

    /// The key of a day, a region and a service.
    func signingKey(_ time: SigV4Time) -> [UInt8] {
        [time.day, region, service, "aws4_request"].reduce(Array("AWS4\(credentials.secretKey)".utf8)) { key, word in
            HMAC.sha256(word.utf8, key: key)
        }
    }
}
