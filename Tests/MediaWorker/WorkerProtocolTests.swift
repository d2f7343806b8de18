import Bytes
import Concurrency
import FFmpeg
import Foundation
import Glibc
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Worker protocol")
struct WorkerProtocolTests {
    private let order = InspectionOrder(size: 1000, present: [0..<10], policy: everything)

    @Test("an order is decoded as it was encoded")
    func orderIsCodable() throws {
        let frame = try IPCFrame(.job, InspectionRequest(order: order, isRemote: true))
        let decoded = try frame.decoded(as: InspectionRequest.self)
        #expect(decoded.isRemote && decoded.order.size == 1000 && decoded.order.present == [0..<10])
        #expect(decoded.order.policy.videoContainers == everything.videoContainers)
        let header = Array(frame.encoded.prefix(IPCFrame.headerLength))
        let announced = try IPCFrame.parse(header: header)
        #expect(announced.kind == .job && announced.length == frame.payload.count)
    }

    @Test(
        "inspections are decoded as they were encoded, and are accepted as those of a correct worker",
        arguments: validFiles)
    func found(name: String) throws {
        let inspection = try inspectFile("\(samples)/\(name)")
        let response = try InspectionResponse(InspectionResponse(.success(inspection)).frame(), to: order)
        let other = try response.result.get()
        #expect(other.thumbnail == inspection.thumbnail && other.waveform == inspection.waveform)
        #expect(other.duration == inspection.duration && other.streams.count == inspection.streams.count)
    }

    @Test("an error is decoded as it was encoded, with its cause as text")
    func rejection() throws {
        let error = MediaError(
            .tooLong, "Too long.", duration: 700.5, limit: 600, cause: FFmpegError(.other, "cause\u{7}"))
        let response = try InspectionResponse(InspectionResponse(.failure(error)).frame(), to: order)
        guard case .failure(let other) = response.result else { throw IPCError.malformed("found") }
        #expect(other.code == .tooLong && other.message == "Too long." && other.duration == 700.5)
        #expect(other.limit == 600 && other.cause.map { "\($0)" } == "other: cause")
    }

    @Test("a header of an unknown kind, or of more bytes than its kind may have, is rejected before anything is read")
    func headers() {
        #expect(throws: IPCError.self) { try IPCFrame.parse(header: [0, 0, 0, 0, 0]) }
        #expect(throws: IPCError.self) { try IPCFrame.parse(header: [99, 0, 0, 0, 0]) }
        for kind in [IPCFrame.Kind.inspection, .rejection, .rangeRequest, .ready, .job, .bytes] {
            let length = UInt32(kind.maximumLength + 1).littleEndianBytes
            #expect(throws: IPCError.self) { try IPCFrame.parse(header: [kind.rawValue] + length) }
        }
        #expect(throws: IPCError.self) { try IPCFrame.parse(header: [18, 255, 255, 255, 255]) }
    }

    @Test("a response that is truncated anywhere is rejected")
    func truncated() throws {
        let inspection = try inspectFile("\(samples)/voice/voice.wav")
        let payload = try InspectionResponse(.success(inspection)).frame().payload
        for length in 0..<payload.count {
            let frame = IPCFrame(kind: .inspection, payload: Array(payload.prefix(length)))
            #expect(throws: IPCError.self) { try InspectionResponse(frame, to: order) }
        }
        let rejection = try InspectionResponse(.failure(.empty)).frame().payload
        for length in 0..<rejection.count {
            let frame = IPCFrame(kind: .rejection, payload: Array(rejection.prefix(length)))
            #expect(throws: IPCError.self) { try InspectionResponse(frame, to: order) }
        }
    }

    @Test("objects with invalid names are rejected", arguments: ["\u{1}", #"\q"#, #"\ud800"#])
    func invalidNames(name: String) {
        let frame = IPCFrame(kind: .rejection, payload: Array("{\"\(name)\":1}".utf8))
        #expect(throws: IPCError.self) { try InspectionResponse(frame, to: order) }
    }

    @Test("random bytes are rejected")
    func garbage() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let payload = (0..<Int.random(in: 0...300, using: &generator)).map { _ in UInt8.random(in: 0...255) }
            for kind in [IPCFrame.Kind.inspection, .rejection] {
                #expect(throws: IPCError.self) {
                    try InspectionResponse(IPCFrame(kind: kind, payload: payload), to: order)
                }
            }
        }
    }

    @Test("an inspection that no correct worker can have sent is rejected", arguments: ForgedInspection.all)
    func forged(_ forged: ForgedInspection) throws {
        var inspection = try inspectFile("\(samples)/\(forged.file)")
        _ = try InspectionResponse(InspectionResponse(.success(inspection)).frame(), to: order)
        forged.change(&inspection)
        let frame = try InspectionResponse(.success(inspection)).frame()
        #expect(throws: IPCError.self, "\(forged.name)") { try InspectionResponse(frame, to: order) }
    }

    @Test(
        "a number that no inspection can contain is rejected when it is decoded",
        arguments: [
            ("video/landscape.mp4", "duration", "-1"), ("video/landscape.mp4", "duration", "1e999"),
            ("voice/voice.wav", "waveform", "1.5"),
            ("voice/voice.wav", "waveform", "-0.1"), ("voice/voice.wav", "waveform", "1e999"),
        ])
    func numbers(file: String, member: String, value: String) throws {
        var inspection = try inspectFile("\(samples)/\(file)")
        inspection.thumbnail = nil
        inspection.blurHash = nil
        inspection.duration = 4
        if member == "waveform" { inspection.waveform = [Float](repeating: 0.5, count: 64) }
        let words = String(decoding: try JSONEncoder().encode(inspection), as: UTF8.self)
        let valid = member == "duration" ? "\"duration\":4" : "0.5,"
        let invalid = member == "duration" ? "\"duration\":\(value)" : "\(value),"
        let place = try #require(words.range(of: valid))
        for (text, isValid) in [(words, true), (words.replacingCharacters(in: place, with: invalid), false)] {
            let bytes = Array(text.utf8)
            let frame = IPCFrame(kind: .inspection, payload: UInt32(bytes.count).littleEndianBytes + bytes)
            if isValid {
                _ = try InspectionResponse(frame, to: order)
            } else {
                #expect(throws: IPCError.self) { try InspectionResponse(frame, to: order) }
            }
        }
    }

    @Test("an inspection that exceeds the policy's limits is rejected")
    func beyondThePolicy() throws {
        let video = try InspectionResponse(.success(inspectFile("\(samples)/video/landscape.mp4"))).frame()
        let voice = try InspectionResponse(.success(inspectFile("\(samples)/voice/voice.m4a"))).frame()
        let changes: [(IPCFrame, (inout InspectionOrder) -> Void)] = [
            (video, { $0.policy.kinds = [.audio] }), (video, { $0.policy.videoContainers = [.webm] }),
            (video, { $0.policy.maximumDuration = 0.5 }), (video, { $0.policy.thumbnail = nil }),
            (video, { $0.policy.thumbnail?.longestSide = 16 }), (video, { $0.policy.maximumStreams = 0 }),
            (video, { $0.depth = .head }), (voice, { $0.policy.waveform = nil }),
            (voice, { $0.policy.waveform?.buckets = 63 }), (voice, { $0.depth = .head }),
        ]
        for (frame, change) in changes {
            var order = order
            _ = try InspectionResponse(frame, to: order)
            change(&order)
            #expect(throws: IPCError.self) { try InspectionResponse(frame, to: order) }
        }
    }

    @Test(
        "a worker cannot report errors that only the service reports",
        arguments: [MediaError.Code.busy, .storage, .crashed, .interrupted, .cancelled, .init(rawValue: "made_up")])
    func codes(code: MediaError.Code) throws {
        let frame = try InspectionResponse(.failure(MediaError(code, "No."))).frame()
        #expect(throws: IPCError.self) { try InspectionResponse(frame, to: order) }
    }

    @Test("texts of a worker are shortened and contain no invisible characters")
    func texts() throws {
        let hostile = "\u{1B}[31m\u{202E}\r\nred\0" + String(repeating: "x", count: 10_000)
        let error = MediaError(.unreadable, hostile)
        guard
            case .failure(let received) = try InspectionResponse(InspectionResponse(.failure(error)).frame(), to: order)
                .result
        else { return }
        #expect(received.message.hasPrefix("[31mredx") && received.message.count <= 500)
    }

    @Test("a range outside the file, of no bytes or of too many, is rejected")
    func ranges() throws {
        func request(_ offset: UInt64, _ count: UInt32) throws(IPCError) -> RangeRequest {
            try RangeRequest(offset.littleEndianBytes + count.littleEndianBytes, size: 1000)
        }
        #expect(try request(990, 100) == RangeRequest(offset: 990, count: 10))
        for (offset, count) in [(UInt64(1000), UInt32(1)), (.max, 1), (1 << 63, 1), (0, 0), (0, .max), (0, 262_145)] {
            #expect(throws: IPCError.self) { try request(offset, count) }
        }
        #expect(throws: IPCError.self) { try RangeRequest([1, 2, 3], size: 1000) }
    }

    @Test("unexpected frames, a silent peer and a closed connection are distinguished")
    func socket() throws {
        let event = try EventFD()
        func deadline() -> InterruptibleDeadline { .init(until: .now + .milliseconds(50), event: event) }
        var ends: (OwnedDescriptor, OwnedDescriptor)? = try IPCSocket.pair()
        let socket = IPCSocket(try #require(ends?.0))
        var other = ends.map { IPCSocket($0.1) }
        ends = nil
        #expect(throws: IPCError.deadline) { try socket.receive([.ready], deadline: deadline()) }
        try other?.send(IPCFrame(kind: .ready))
        #expect(throws: IPCError.malformed("an unexpected frame of kind ready")) {
            try socket.receive([.inspection], deadline: deadline())
        }
        other = nil
        #expect(throws: IPCError.closed) { try socket.receive([.inspection], deadline: deadline()) }
        #expect(throws: IPCError.closed) { try socket.send(IPCFrame(kind: .ready), deadline: deadline()) }
    }

    @Test("a descriptor that a worker sends is discarded, and one that the service sends is received")
    func descriptors() throws {
        let (own, remote) = try IPCSocket.pair()
        let (service, worker) = (IPCSocket(own), IPCSocket(remote))
        let file = try SpoolFile.inMemory()
        try service.send(IPCFrame(kind: .job, payload: [1]), attachment: file.descriptor)
        let (_, attachment) = try worker.receiveWithAttachment([.job])
        let received = try #require(attachment)
        #expect(received.rawValue != file.descriptor.rawValue && fcntl(received.rawValue, F_GETFD) == FD_CLOEXEC)
        try worker.send(IPCFrame(kind: .rejection, payload: [1]), attachment: received)
        #expect(try service.receive([.rejection]).payload == [1])
    }
}

private let validFiles = [
    "video/landscape.mp4", "video/clip.webm", "video/fragmented.mp4", "voice/voice.m4a", "voice/voice.wav",
    "image/orientation-6.jpg",
]

/// An inspection changed to one that no correct worker sends.
struct ForgedInspection: Sendable, CustomStringConvertible {
    let name: String
    let file: String
    let change: @Sendable (inout Inspection) -> Void

    var description: String { name }

    private static func video(_ name: String, _ change: @escaping @Sendable (inout Inspection) -> Void)
        -> ForgedInspection
    {
        ForgedInspection(name: name, file: "video/landscape.mp4", change: change)
    }

    private static func voice(_ name: String, _ change: @escaping @Sendable (inout Inspection) -> Void)
        -> ForgedInspection
    {
        ForgedInspection(name: name, file: "voice/voice.m4a", change: change)
    }

    static let all = [
        video("another media type") { $0.mimeType = "text/html" },
        video("another extension") { $0.fileExtension = "html" },
        video("an extension that climbs") { $0.fileExtension = "mp4/../../x" },
        video("a container that does not exist") { $0.container = "exe" },
        video("another container's name") { $0.container = "webm" },
        video("a document of a type that is none") {
            $0.kind = .document
            $0.container = "file"
        },
        video("an image that plays") { $0.kind = .image },
        video("a duration without end") { $0.duration = 1e13 },
        video("no size") { $0.dimensions = Dimensions(width: 0, height: 10) },
        video("a negative size") { $0.dimensions = Dimensions(width: 10, height: -10) },
        video("a size beyond all") { $0.dimensions = Dimensions(width: 10, height: .max) },
        video("a picture that is none") { $0.thumbnail = Array("<html>".utf8) },
        video("a picture that is cut short") { $0.thumbnail?.removeLast(2) },
        video("a picture that begins as another") { $0.thumbnail?[0] = 0x89 },
        video("a picture without a size") { $0.thumbnail = [0xFF, 0xD8, 0xFF, 0xD9, 0xFF, 0xD9] },
        video("a picture beyond the limit") {
            $0.thumbnail?.insert(contentsOf: [UInt8](repeating: 0, count: 4 << 20), at: 600)
        },
        video("a blur that is a script") { $0.blurHash = "<script>" },
        video("a blur that is cut short") { $0.blurHash?.removeLast() },
        video("a blur of no picture") { $0.thumbnail = nil },
        video("a waveform of a video") { $0.waveform = [Float](repeating: 0, count: 64) },
        video("streams without number") { $0.streams = Array(repeating: $0.streams[0], count: 100) },
        video("a stream of another type") { $0.streams[0].type = "<script>" },
        video("a stream turned askew") { $0.streams[0].rotation = 45 },
        video("an end before the start") { $0.indexedEnd = -1 },
        voice("a peak too few") { $0.waveform?.removeLast() },
        voice("peaks without number") { $0.waveform = [Float](repeating: 0, count: 10_000) },
        voice("a picture of a sound") { $0.thumbnail = [0xFF, 0xD8, 0xFF, 0xD9] },
        voice("a size of a sound") { $0.dimensions = Dimensions(width: 1, height: 1) },
        voice("channels without number") { $0.streams[0].channels = 1 << 40 },
    ]
}
