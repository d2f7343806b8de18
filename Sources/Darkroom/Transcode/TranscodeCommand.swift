import Bytes
import Concurrency
import Crypto
import Foundation
import Logging
import MediaModel
import MediaWorker
import ObjectStore

/// `darkroom transcode`: makes a rendition of a file as the service does, for developers with sample files.
enum TranscodeCommand: Command {
    static let name = "transcode"
    static let summary = "make a rendition of a file in a confined worker, as the service does"
    static let usage = "[--threads N] [--max-bytes N] RENDITION FILE OUT"
    static let options: [Arguments.Option] = [
        .init("--threads", "N", "threads that decode, and that encode, a video (default 2)"),
        .init("--max-bytes", "N", "the maximum size of the rendition"),
        .init("--max-duration", "SECONDS", "the maximum duration of the file (default 600)"),
    ]
    static var notes: String {
        """
        RENDITION is one of \(RenditionProfile.allCases.map(\.rawValue).joined(separator: ", ")).
        Prints how it came about: original (FILE itself is one; OUT is not written), copied or encoded.

        example:
          darkroom transcode video:h264-720p clip.mov clip.mp4
        """
    }

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.count == 3 else { throw UsageError("RENDITION, FILE and OUT are needed") }
        guard let profile = RenditionProfile(rawValue: arguments.operands[0]) else {
            throw UsageError("there is no rendition '\(arguments.operands[0])'")
        }
        var limits = RenditionLimits()
        func number(_ option: String, _ change: (Int) -> Void) throws(UsageError) {
            guard let text = arguments[option] else { return }
            guard let number = Int(text), number > 0 else { throw UsageError("\(option) takes a whole number") }
            change(number)
        }
        try number("--threads") { limits.threads = min($0, 16) }
        try number("--max-bytes") { limits.maximumBytes = $0 }
        try number("--max-duration") { limits.maximumDuration = Double($0) }
        let transcoder = Transcoder(
            workers: ProcessPoolSettings(workers: 1), limits: limits, concurrency: 1,
            directory: NSTemporaryDirectory(), logger: .silent)
        let folder = NSTemporaryDirectory() + "/darkroom-transcode-\(UUID().uuidString)"
        defer {
            do {
                try FileManager.default.removeItem(atPath: folder)
            } catch {
                StandardError.write("darkroom: \(folder) is left: \(error)\n")
            }
        }
        let store = try FolderStore(
            directory: folder, baseURL: "http://localhost", signingKey: SecureRandom.bytes(32),
            threads: ThreadPool(name: "folder-store", threads: 2))
        let (source, output) = (ObjectKey(validating: "source")!, ObjectKey(validating: "output")!)
        try await copy(arguments.operands[1], to: source, in: store)
        do {
            let made = try await transcoder.make(profile, of: source, in: store, onProgress: { _ in }) { _ in output }
            if made.object != nil { try await write(output, of: store, to: arguments.operands[2]) }
            print("\(made.transcoding.outcome.rawValue) \(made.transcoding.duration) s")
            return .success
        } catch let error as MediaError {
            StandardError.write("darkroom: \(error)\n")
            return .failure
        }
    }

    private static func copy(_ path: String, to key: ObjectKey, in store: FolderStore) async throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw UsageError("\(path) cannot be read") }
        let attributes = ObjectAttributes(contentType: "application/octet-stream")
        let writer = try await store.write(key, attributes: attributes, declaredLength: nil)
        while let bytes = try file.read(upToCount: pieceSize), !bytes.isEmpty {
            try await writer.write(ByteChunk(bytes))
        }
        _ = try await writer.complete()
    }

    private static func write(_ key: ObjectKey, of store: FolderStore, to path: String) async throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw UsageError("\(path) cannot be written") }
        for try await chunk in try await store.read(key, range: nil) { try file.write(contentsOf: [UInt8](chunk)) }
        try file.close()
    }

    private static let pieceSize = 1 << 20
}
