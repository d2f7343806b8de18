import FFmpeg
import Foundation
import Glibc
@testable import MediaWorker
import Testing

/// A policy that takes every kind, with its defaults.
let everything = MediaPolicy(kinds: [.video, .audio, .image], videoContainers: Set(Container.allCases))

/// Inspects the file at `path` on the thread that calls.
func inspectFile(_ path: String, _ policy: MediaPolicy = everything) throws(MediaError) -> Inspection {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw MediaError(.internal, "cannot open \(path)") }
    let file = OwnedDescriptor(owning: descriptor)
    let size = Int(lseek(descriptor, 0, SEEK_END))
    return try Inspector(job: InspectionJob(descriptor: file, size: size, policy: policy)).inspect()
}
