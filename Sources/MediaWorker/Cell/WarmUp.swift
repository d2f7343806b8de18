import CLinux
import FFmpeg
import Foundation

/// Has everything that is made at its first use made while the process may still open files and load libraries.
enum WarmUp {
    static func run() {
        openAllCodecs()
        // A tiny file goes the whole way: sniffing, decoding, scaling, encoding, and both sides of the wire.
        let pixels = [UInt8](repeating: 128, count: 3 * 32 * 32)
        guard let picture = try? Picture(width: 32, height: 32, pixels: pixels).png(),
            let file = try? SpoolFile.inMemory(), (try? picture.withUnsafeBytes { try file.write($0, at: 0) }) != nil
        else { return }
        let order = InspectionOrder(
            size: picture.count,
            policy: MediaPolicy(kinds: [.image], thumbnail: ThumbnailSettings(longestSide: 16)))
        guard let message = try? WireFrame(.job, JobMessage(order: order, isAskedFor: false)),
            let job = try? message.decoded(as: JobMessage.self)
        else { return }
        let result = Result { () throws(MediaError) in
            try Inspector(job: InspectionJob(descriptor: file.descriptor, order: job.order)).inspect()
        }
        _ = try? Answer(try Answer(result).frame(), of: order)
    }
}
