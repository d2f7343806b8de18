import Foundation
import HostileMedia
import Logging
import MediaModel
import ObjectStore
import Synchronization
import Testing

@testable import MediaWorker

/// Files that are valid in two formats at once: each is typed by its content, with a type that browsers do not execute.
@Suite("Polyglots")
struct PolyglotTests {
    private static let script = "<script>alert(1)</script>"

    /// How a file is stored: its kind, its type, and how browsers are to treat it.
    struct Stored: Equatable {
        let kind: MediaKind
        let type: String
        let disposition: String
    }

    @Test("a picture with a page in it is a picture")
    func jpegWithPage() async throws {
        let jpeg = try sample("image/orientation-1.jpg")
        let comment = Array("<html>\(Self.script)".utf8)
        let length = [UInt8(0), UInt8(comment.count + 2)]
        let both = joined([Array(jpeg[..<2]), [0xFF, 0xFE], length, comment, Array(jpeg[2...])])
        #expect(
            try await stored(both, as: "page.html")
                == Stored(kind: .image, type: "image/jpeg", disposition: #"inline; filename="page.jpg""#))
    }

    @Test("a picture that is a script too is a picture, or rejected")
    func gifWithScript() async throws {
        // "GIF89a/*" is a screen of 10,799 pixels by what follows; the picture in it is whole.
        var gif = try sample("image/animated.gif")
        gif.replaceSubrange(6..<8, with: Array("/*".utf8))
        gif += Array("*/=1;alert(1)".utf8)
        #expect(
            try await stored(gif, as: "a.js")
                == Stored(kind: .image, type: "image/gif", disposition: #"inline; filename="a.gif""#))
        let withoutContent = Array("GIF89a/*".utf8) + [UInt8](repeating: 32, count: 100) + Array("*/=1;alert(1)".utf8)
        #expect(
            try await stored(withoutContent, as: "a.js")
                == Stored(
                    kind: .document, type: "text/plain; charset=utf-8", disposition: #"attachment; filename="a.js""#))
    }

    @Test("an archive behind a picture is a picture, and a picture behind a document is a document")
    func appended() async throws {
        let jpeg = try sample("image/orientation-1.jpg")
        let archive = Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 100)
        #expect(try await stored(jpeg + archive, as: "a.zip").type == "image/jpeg")
        #expect(try await stored(archive + jpeg, as: "a.jpg").type == "application/zip")
        let document = Array("%PDF-1.7\n".utf8) + jpeg
        #expect(
            try await stored(document, as: "a.jpg")
                == Stored(kind: .document, type: "application/pdf", disposition: #"attachment; filename="a.jpg""#))
    }

    private static let markup: [(String, String)] = [
        ("a.svg", #"<svg xmlns="http://www.w3.org/2000/svg">\#(script)</svg>"#),
        ("b.svg", #"<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>"#),
        ("a.html", "<!DOCTYPE html><html>\(script)"), ("a.jpg", "  \n\t<html>\(script)"),
        ("a.png", "\u{FEFF}<html>\(script)"), ("a.mp4", "<!-- -->\(script)"),
        ("a.xml", "<?xml version=\"1.0\"?><a/>"),
    ]

    @Test("pages, drawings and scripts are documents of no active type, to be downloaded", arguments: markup)
    func pages(name: String, content: String) async throws {
        #expect(
            try await stored(Array(content.utf8), as: name)
                == Stored(
                    kind: .document, type: "application/octet-stream",
                    disposition: #"attachment; filename="\#(name)""#))
    }

    @Test("words that are no page are plain text, to be downloaded")
    func words() async throws {
        for content in ["alert(1)", "#EXTM3U\n", "a < b\n"] {
            #expect(
                try await stored(Array(content.utf8), as: "a.html")
                    == Stored(
                        kind: .document, type: "text/plain; charset=utf-8",
                        disposition: #"attachment; filename="a.html""#))
        }
    }

    @Test("a page in another encoding is of no type at all", arguments: [String.Encoding.utf16, .utf32LittleEndian])
    func encodings(encoding: String.Encoding) async throws {
        let page = try #require("<html>\(Self.script)".data(using: encoding))
        #expect(try await stored([UInt8](page), as: "a.html").type == "application/octet-stream")
    }

    /// Uploads it under a name with a policy that accepts everything, and returns the stored attributes.
    private func stored(_ bytes: [UInt8], as name: String) async throws -> Stored {
        let store = MemoryStore()
        let workers = WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent)
        let pipeline = UploadPipeline(store: store, workers: workers)
        let policy = MediaPolicy(kinds: Set(MediaKind.allCases))
        let upload = try await pipeline.begin(key: "k", policy: policy, filename: name)
        try await send(bytes, to: upload, chunkSize: 1000)
        let media = try await upload.finish().commit()
        let attributes = try #require(store.state.withLock { $0.objects[media.objectKey]?.attributes })
        #expect(attributes.contentType == media.mimeType)
        return Stored(
            kind: media.kind, type: attributes.contentType, disposition: attributes.contentDisposition ?? "")
    }
}
