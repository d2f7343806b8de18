import Crypto
import Foundation
import Testing

@testable import ObjectStore

/// The vectors are AWS's: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)".
struct SigV4Tests {
    static let signer = SigV4Signer(
        credentials: SigV4Credentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")
    static let date = Date(timeIntervalSince1970: 1_369_353_600)
    static let host = (name: "Host", value: "examplebucket.s3.amazonaws.com")
    static let emptyHash = S3Request.Payload.emptyHash

    @Test("the times of signatures are written as AWS writes them")
    func times() {
        #expect(SigV4Time(Self.date).text == "20130524T000000Z")
        #expect(SigV4Time(Date(timeIntervalSince1970: 1_709_251_199)).text == "20240229T235959Z")
        #expect(SigV4Time(Date(timeIntervalSince1970: 951_868_800.9)).text == "20000301T000000Z")
    }

    @Test("the hash of nothing is the one in the code")
    func emptyPayload() {
        #expect(hexEncode(SHA256.hash([])) == Self.emptyHash)
    }

    /// AWS's examples of a signature in the header.
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: CanonicalRequest
        let signature: String
    }

    static let examples = [
        Example(
            testDescription: "GET Object",
            request: CanonicalRequest(
                method: "GET", path: "/test.txt", query: [], headers: [host, (name: "Range", value: "bytes=0-9")],
                payloadHash: emptyHash), signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            testDescription: "PUT Object",
            request: CanonicalRequest(
                method: "PUT", path: "/test%24file.text", query: [],
                headers: [
                    host, (name: "Date", value: "Fri, 24 May 2013 00:00:00 GMT"),
                    (name: "x-amz-storage-class", value: "REDUCED_REDUNDANCY"),
                ], payloadHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            testDescription: "GET Bucket Lifecycle",
            request: CanonicalRequest(
                method: "GET", path: "/", query: [(name: "lifecycle", value: "")], headers: [host],
                payloadHash: emptyHash), signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            testDescription: "Get Bucket (List Objects)",
            request: CanonicalRequest(
                method: "GET", path: "/", query: [(name: "prefix", value: "J"), (name: "max-keys", value: "2")],
                headers: [host], payloadHash: emptyHash),
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    @Test("a signature in the header is AWS's own", arguments: examples)
    func headers(_ example: Example) throws {
        let added = Self.signer.headers(for: example.request, at: Self.date)
        let authorization = try #require(added.last)
        #expect(authorization.name == "Authorization")
        #expect(
            authorization.value.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders="))
        #expect(authorization.value.hasSuffix("Signature=\(example.signature)"))
    }

    @Test("a presigned URL is AWS's own")
    func presigned() {
        let request = CanonicalRequest(
            method: "GET", path: "/test.txt", query: [], headers: [Self.host], payloadHash: "")
        #expect(
            Self.signer.presignedQuery(for: request, at: Self.date, seconds: 86_400)
                == "X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    @Test("the key of a day signs AWS's chunks as AWS does, each on top of the one before")
    func chunks() {
        let time = SigV4Time(Self.date)
        let empty = Self.emptyHash
        var previous = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
        for (size, expected) in [
            (65_536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
            (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
            (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
        ] {
            let hash = hexEncode(SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: size)))
            let lines = ["AWS4-HMAC-SHA256-PAYLOAD", time.text, Self.signer.scope(time), previous, empty, hash]
            previous = Self.signer.sign(lines.joined(separator: "\n"), on: time)
            #expect(previous == expected)
        }
    }

    @Test("the seed of AWS's chunked upload is the signature of its head")
    func seed() {
        let request = CanonicalRequest(
            method: "PUT", path: "/examplebucket/chunkObject.txt", query: [],
            headers: [
                (name: "Host", value: "s3.amazonaws.com"), (name: "content-encoding", value: "aws-chunked"),
                (name: "content-length", value: "66824"), (name: "x-amz-storage-class", value: "REDUCED_REDUNDANCY"),
                (name: "x-amz-decoded-content-length", value: "66560"), (name: "x-amz-date", value: "20130524T000000Z"),
                (name: "x-amz-content-sha256", value: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            ], payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
        #expect(
            Self.signer.signature(of: request, at: SigV4Time(Self.date))
                == "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9")
    }

    @Test("the token of temporary credentials is sent and signed")
    func sessionToken() throws {
        var signer = Self.signer
        signer = SigV4Signer(
            credentials: SigV4Credentials(accessKey: "A", secretKey: "S", sessionToken: "to/ken=="), region: "r")
        let request = CanonicalRequest(method: "GET", path: "/", query: [], headers: [Self.host], payloadHash: "x")
        let added = signer.headers(for: request, at: Self.date)
        #expect(added.contains { $0.name == "x-amz-security-token" && $0.value == "to/ken==" })
        #expect(added.last?.value.contains(";x-amz-security-token, ") == true)
        #expect(
            signer.presignedQuery(for: request, at: Self.date, seconds: 1)
                .contains("&X-Amz-Security-Token=to%2Fken%3D%3D"))
    }

    @Test("values are trimmed, names sorted, queries encoded and sorted, paths left alone")
    func canonicalForm() {
        let request = CanonicalRequest(
            method: "GET", path: "/a//b/../c", query: [("b", "2 3"), ("a", "\u{e4}"), ("B", "/~"), ("a", "!")],
            headers: [("X-B", "  two   words "), ("x-a", "")], payloadHash: "hash")
        #expect(
            request.text
                == "GET\n/a//b/../c\nB=%2F~&a=%21&a=%C3%A4&b=2%203\nx-a:\nx-b:two words\n\nx-a;x-b\nhash")
    }
}
