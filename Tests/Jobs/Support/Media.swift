import Bytes
import Concurrency
import Foundation
import Glibc
import Logging
import MediaModel
import MediaWorker
import ObjectStore
import TestPrograms

import struct FFmpeg.ByteSource

/// Accepts everything, as reprocessing does.
let everything = MediaPolicy(
    kinds: Set(MediaKind.allCases), videoContainers: Set(MediaFormat.allCases),
    audioContainers: Set(MediaFormat.allCases),
    imageFormats: Set(MediaFormat.allCases), deadline: 600)

let testWorkers = WorkerPool(threads: 2, maximumWaiting: 1000, logger: .silent)

/// The bytes of a sample.
func sample(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Project.file("samples/\(name)")))
}

/// A folder that is removed with this object.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "/reprocessing-\(UUID().uuidString)"
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The result of an inspection, or its error, in a form that can be compared.
func outcome(_ inspect: () async throws -> Inspection) async throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do {
        return String(decoding: try encoder.encode(try await inspect()), as: UTF8.self)
    } catch let error as MediaError {
        return error.code.rawValue
    }
}

/// Inspects the file at `path`, all of it there.
func inspectFile(_ path: String, _ policy: MediaPolicy = everything) async throws -> Inspection {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw MediaError(.internal, "cannot open \(path)") }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    return try await testWorkers.inspect(
        InspectionJob(descriptor: OwnedDescriptor(owning: descriptor), size: size, policy: policy))
}

extension ObjectStore {
    /// Stores the file at `path`.
    func put(_ path: String, as key: ObjectKey) async throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        let writer = try await write(
            key, attributes: ObjectAttributes(contentType: "application/octet-stream"), declaredLength: nil)
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
            try await writer.write(ByteChunk([UInt8](piece)))
        }
        _ = try await writer.complete()
    }
}

/// A video of `size` bytes with its index at the end: the sample with an enlarged `mdat`, in which the media samples
/// come first, so that their offsets stay valid.
func largeFilm(_ size: Int, in folder: TemporaryFolder) throws -> String {
    let film = try sample("video/landscape-moov-last.mp4")
    var at = 0
    while String(decoding: film[at + 4..<at + 8], as: UTF8.self) != "mdat" { at += boxSize(film, at) }
    let (length, end) = (boxSize(film, at), at + boxSize(film, at))
    let padding = size - film.count
    let path = folder.path + "/large.mp4"
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    let header = (0..<4).reversed().map { UInt8((length + padding) >> (8 * $0) & 255) }
    try file.write(contentsOf: Data(film[..<at]) + Data(header) + Data(film[at + 4..<end]))
    // A hole: zeros without a disk.
    try file.seek(toOffset: UInt64(end + padding))
    try file.write(contentsOf: Data(film[end...]))
    try file.close()
    return path
}

private func boxSize(_ bytes: [UInt8], _ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
