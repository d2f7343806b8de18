import Bytes
import Concurrency
import Foundation
import Logging
import MediaModel
import ObjectStore
import Testing

@testable import MediaWorker

/// A folder store with one source, and what is made of it in real, confined workers.
struct RenditionBench {
    static let source = ObjectKey(validating: "source")!
    static let output = ObjectKey(validating: "output")!

    let folder: TemporaryFolder
    let store: FolderStore

    /// Stores the file at `path`.
    init(_ path: String) async throws {
        try await self.init(bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    init(bytes: [UInt8]) async throws {
        folder = try TemporaryFolder()
        store = try FolderStore(
            directory: folder.file("store"), baseURL: "http://localhost", signingKey: [1],
            threads: ThreadPool(name: "store", threads: 1))
        let writer = try await store.write(
            Self.source, attributes: ObjectAttributes(contentType: "a/b"), declaredLength: nil)
        try await writer.write(ByteChunk(bytes))
        _ = try await writer.complete()
    }

    /// Tests that run concurrently take the processors of each other.
    static let patient = RenditionLimits(seconds: 600)

    func make(
        _ profile: RenditionProfile, _ limits: RenditionLimits = patient,
        onProgress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws -> MadeRendition {
        let transcoder = Transcoder(
            workers: .forTests(), limits: limits, concurrency: 1, directory: folder.path, logger: .silent)
        return try await transcoder.make(profile, of: Self.source, in: store, onProgress: onProgress) { _ in
            Self.output
        }
    }

    /// The code of the error with which making the rendition fails.
    func failure(_ profile: RenditionProfile, _ limits: RenditionLimits = patient) async -> MediaError.Code? {
        do {
            _ = try await make(profile, limits)
            return nil
        } catch {
            return (error as? MediaError)?.code
        }
    }

    /// Writes the rendition to a file, and returns its path.
    func outputFile(_ name: String = "output.mp4") async throws -> String {
        let path = folder.file(name)
        try Data(try await outputBytes()).write(to: URL(fileURLWithPath: path))
        return path
    }

    func outputBytes() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in try await store.read(Self.output, range: nil) { bytes += [UInt8](chunk) }
        return bytes
    }

    var hasOutput: Bool { get async throws { try await store.info(Self.output) != nil } }
}

/// What ffprobe, an independent witness, says of the streams of a file.
struct ProbedFile {
    private struct Report: Decodable {
        struct Stream: Decodable {
            var codec_type: String
            var codec_name: String
            var profile: String?
            var pix_fmt: String?
            var width: Int?
            var height: Int?
            var channels: Int?
            var sample_rate: String?
            var color_transfer: String?
            var color_range: String?
            var avg_frame_rate: String?
            var side_data_list: [SideData]?
            var nb_read_packets: String?
        }
        struct SideData: Decodable { var rotation: Int? }
        struct Format: Decodable {
            var duration: String?
            var tags: [String: String]?
        }
        var streams: [Stream]
        var format: Format
    }

    private let report: Report

    init(_ path: String) throws {
        let found = try run(
            "ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", path)
        report = try JSONDecoder().decode(Report.self, from: found.output)
    }

    private func stream(_ type: String) -> Report.Stream? { report.streams.first { $0.codec_type == type } }

    /// Codec, profile and pixel format of the video.
    var video: String? { stream("video").map { "\($0.codec_name) \($0.profile ?? "") \($0.pix_fmt ?? "")" } }
    /// Width and height of the video as coded.
    var size: String? { stream("video").map { "\($0.width ?? 0)x\($0.height ?? 0)" } }
    /// The rotation of the container, in degrees.
    var rotation: Int { stream("video")?.side_data_list?.compactMap(\.rotation).first ?? 0 }
    var transfer: String? { stream("video")?.color_transfer }
    /// The number of packets of the video.
    var frames: Int { stream("video")?.nb_read_packets.flatMap { Int($0) } ?? 0 }
    /// Codec, profile and channels of the sound.
    var audio: String? { stream("audio").map { "\($0.codec_name) \($0.profile ?? "") \($0.channels ?? 0)" } }
    var sampleRate: String? { stream("audio")?.sample_rate }
    var streamCount: Int { report.streams.count }
    var duration: Double { report.format.duration.flatMap(Double.init) ?? 0 }
}
