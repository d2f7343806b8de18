import CLinux
import FFmpeg
import Foundation
import MediaModel

/// Initialises everything that is initialised on first use, while the process may still open files and load libraries.
enum WarmUp {
    static func run() {
        openAllCodecs()
        _ = ColourConversion(primaries: .bt2020, curve: .gamma(2.4))
        let picture = Picture(width: 32, height: 32, pixels: [UInt8](repeating: 128, count: 3 * 32 * 32))
        // Tiny files take the whole path: sniffing, decoding, scaling, encoding, and both ends of the protocol.
        for file in [try? picture.png(), try? PlanarPicture(picture).jpeg(quality: 2)] { file.map(inspect) }
    }

    // A failure here costs the first job some time: its own errors say what is wrong with the process.
    private static func inspect(_ picture: [UInt8]) {
        guard let file = try? SpoolFile.inMemory(), (try? picture.withUnsafeBytes { try file.write($0, at: 0) }) != nil
        else { return }
        let order = InspectionOrder(
            size: picture.count,
            policy: MediaPolicy(kinds: [.image], thumbnail: ThumbnailSettings(longestSide: 16)))
        // See above: every step may fail.
        guard let message = try? IPCFrame(.job, InspectionRequest(order: order, isRemote: false)),
            let job = try? message.decoded(as: InspectionRequest.self)
        else { return }
        let result = Result { () throws(MediaError) in
            try Inspector(job: InspectionJob(descriptor: file.descriptor, order: job.order)).inspect()
        }
        // The result is of no use: the code that decodes it is loaded.
        _ = try? InspectionResponse(try InspectionResponse(result).frame(), to: order)
    }
}
