import Bytes
import FFmpeg
import Foundation
import Glibc
import MediaModel
import TestPrograms
import Testing

@testable import MediaWorker

/// A policy that accepts all videos, sounds and images, with its defaults.
let everything = MediaPolicy(kinds: [.video, .audio, .image], videoContainers: Set(MediaFormat.allCases))

/// The folder of small media that the project makes itself.
let samples = Project.file("samples").path

/// Inspects the file at `path` on the thread that calls.
func inspectFile(_ path: String, _ policy: MediaPolicy = everything) throws(MediaError) -> Inspection {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw MediaError(.internal, "cannot open \(path)") }
    let file = OwnedDescriptor(owning: descriptor)
    let size = Int(lseek(descriptor, 0, SEEK_END))
    return try Inspector(job: InspectionJob(descriptor: file, size: size, policy: policy)).inspect()
}

/// Inspects `bytes` on the thread that calls.
func inspectBytes(_ bytes: [UInt8], _ policy: MediaPolicy = everything) throws(MediaError) -> Inspection {
    let file = try SpoolFile.inMemory()
    try file.write(ByteChunk(bytes), at: 0)
    return try Inspector(job: InspectionJob(descriptor: file.descriptor, size: bytes.count, policy: policy)).inspect()
}

/// The outermost boxes of an ISO base media file.
func topLevelBoxes(_ bytes: [UInt8]) throws -> [TopLevelBoxes.Box] {
    let file = try SpoolFile.inMemory()
    try file.write(ByteChunk(bytes), at: 0)
    return try TopLevelBoxes(.init(descriptor: file.descriptor, size: bytes.count)).boxes
}

/// The bytes of a sample.
func sample(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(samples)/\(name)")))
}

/// The code of the error that `work` throws.
func rejection<Result>(_ work: () throws(MediaError) -> Result) -> MediaError.Code? {
    do throws(MediaError) {
        _ = try work()
        return nil
    } catch {
        return error.code
    }
}

/// A folder that is removed with this object.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/media-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// Runs a program and returns what it wrote to standard output and standard error.
@discardableResult
func run(_ arguments: String...) throws -> (output: Data, errors: String) { try runArguments(arguments) }

/// Runs a program with its arguments in an array.
@discardableResult
func runArguments(_ arguments: [String]) throws -> (output: Data, errors: String) {
    let finished = try Command.runBlocking(URL(fileURLWithPath: "/usr/bin/env"), arguments)
    try #require(finished.status == 0, "\(arguments.joined(separator: " ")): \(finished.errors)")
    return (finished.bytes, finished.errors)
}

/// The parts one behind the other. (A sum of many is more than Swift 6.0 can type-check.)
func joined(_ parts: [[UInt8]]) -> [UInt8] { parts.flatMap { $0 } }
