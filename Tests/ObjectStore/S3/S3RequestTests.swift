import Foundation
import TestSupport
import Testing

@testable import ObjectStore

@Suite("Requests to a bucket and their answers")
struct S3RequestTests {
    @Test(
        "parts are 8 MiB, or as many mebibytes as make 10,000 parts of the declared length",
        arguments: [
            (nil, nil, 8 << 20), (0, nil, 8 << 20), (1 << 30, nil, 8 << 20), (80_000 << 20, nil, 8 << 20),
            (80_000 << 20 + 1, nil, 9 << 20), (1 << 40, nil, 105 << 20), (1 << 30, 16 << 20, 16 << 20),
            (1 << 30, 1, 5 << 20),
        ] as [(Int?, Int?, Int)])
    func partSize(declared: Int?, wanted: Int?, expected: Int) {
        let size = PartPlan.partSize(declaredLength: declared, wanted: wanted)
        #expect(size == expected)
        if let declared { #expect((declared + size - 1) / size <= PartPlan.maximumParts) }
    }

    @Test(
        "the bucket is in the path or in the host, and the port where it is not the default",
        arguments: [
            ("http://127.0.0.1:9000", true, "127.0.0.1:9000", "http://127.0.0.1:9000/media/a/b"),
            ("http://Store:80/", true, "store", "http://store/media/a/b"),
            ("https://store:443/s3/x", true, "store", "https://store/s3/x/media/a/b"),
            (
                "https://s3.eu-central-1.amazonaws.com", false, "media.s3.eu-central-1.amazonaws.com",
                "https://media.s3.eu-central-1.amazonaws.com/a/b"
            ),
            ("http://[::1]:9000", true, "[::1]:9000", "http://[::1]:9000/media/a/b"),
        ])
    func endpoints(endpoint: String, pathStyle: Bool, host: String, url: String) throws {
        let place = try S3Endpoint(endpoint, bucket: "media", pathStyle: pathStyle)
        #expect(place.host == host)
        #expect(place.url(path: place.path(try key("a/b")), query: "") == url)
    }

    @Test(
        "a setting that is no endpoint or no bucket is named",
        arguments: [
            ("ftp://store", "media", "DARKROOM_S3_ENDPOINT"), ("store:9000", "media", "DARKROOM_S3_ENDPOINT"),
            ("http://store?x", "media", "DARKROOM_S3_ENDPOINT"), ("http://a b", "media", "DARKROOM_S3_ENDPOINT"),
            ("http://store", "", "DARKROOM_S3_BUCKET"), ("http://store", "a/b", "DARKROOM_S3_BUCKET"),
        ])
    func badSettings(endpoint: String, bucket: String, variable: String) {
        let error = thrown(ObjectStoreError.self) {
            try S3Endpoint(endpoint, bucket: bucket, pathStyle: true)
        }
        #expect(error?.message.contains(variable) == true)
    }

    @Test("by default the bucket is part of the host at AWS only")
    func defaultStyle() {
        let style = {
            S3Configuration(endpoint: $0, bucket: "media", credentials: .keys(accessKey: "", secretKey: "")).pathStyle
        }
        #expect(style("http://127.0.0.1:9000"))
        #expect(!style("https://s3.eu-central-1.amazonaws.com"))
    }

    @Test("a setting out of range is named before anything is sent")
    func validation() throws {
        var configuration = S3Configuration(
            endpoint: "http://store", bucket: "media", credentials: .keys(accessKey: "A", secretKey: "S"))
        try configuration.validate()
        configuration.partSize = 1 << 20
        do throws(ObjectStoreError) {
            try configuration.validate()
            Issue.record("a part of 1 MiB was accepted")
        } catch {
            #expect(error.code == .unavailable)
            #expect(error.message.contains("partSize"))
        }
    }

    @Test("both forms of time are read, and nothing else")
    func times() {
        let date = Date(timeIntervalSince1970: 1_709_251_199)
        #expect(Date(httpDate: "Thu, 29 Feb 2024 23:59:59 GMT") == date)
        #expect(Date(rfc3339: "2024-02-29T23:59:59.123Z") == date)
        #expect(Date(rfc3339: "2024-02-29T23:59:59Z") == date)
        #expect(Date(httpDate: "2024-02-29T23:59:59Z") == nil)
        for text in ["", "2024-02-29", "2024-13-29T23:59:59Z"] { #expect(Date(rfc3339: text) == nil) }
    }

    @Test("a listing is read whatever its name space and the white space before it")
    func document() throws {
        let text = """
              <?xml version="1.0" encoding="UTF-8"?>
            <s3:ListBucketResult xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/"><s3:EncodingType>url</s3:EncodingType>
            <s3:IsTruncated>true</s3:IsTruncated><s3:NextContinuationToken>t&amp;1</s3:NextContinuationToken>
            <s3:Contents><s3:Key>a%2Fb.mp4</s3:Key><s3:Size>5</s3:Size><s3:ETag>&quot;e&quot;</s3:ETag></s3:Contents>
            <s3:Contents><s3:Key>no+key%20of%20ours</s3:Key><s3:Size>5</s3:Size></s3:Contents>
            <s3:Contents><s3:Key>c</s3:Key><s3:Size>x</s3:Size></s3:Contents></s3:ListBucketResult>
            """
        let document = try #require(S3Document(Array(text.utf8)))
        #expect(document.name == "ListBucketResult")
        let listing = S3Listing(document)
        #expect(listing.token == "t&1")
        #expect(listing.entries.map(\.key.rawValue) == ["a/b.mp4"])
        #expect(listing.entries.first?.etag == "\"e\"")
    }

    @Test(
        "what is no XML, declares entities or is nested without end is no document",
        arguments: [
            "", "   ", "<a>", "<a></b>", "hello", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            String(repeating: "<a>", count: 50) + String(repeating: "</a>", count: 50),
            "<a>" + String(repeating: "<b/>", count: 100_001) + "</a>",
        ])
    func hostileDocuments(text: String) {
        #expect(S3Document(Array(text.utf8)) == nil)
    }

    @Test(
        "entity tags are written with quotes, however the store writes them",
        arguments: [
            ("\"a\"", "\"a\""), ("a", "\"a\""), ("W/\"a\"", "\"a\""), ("\"", "\"\"\""),
        ])
    func etags(text: String, expected: String) {
        #expect(S3Object.quoted(text) == expected)
    }
}
