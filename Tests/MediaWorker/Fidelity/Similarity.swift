import Foundation
import MediaModel
import Testing

@testable import MediaWorker

/// How alike a thumbnail and a picture are that the ffmpeg command makes of the same file: structural similarity (SSIM) of
/// what is seen of both, at the thumbnail's size.
struct Similarity {
    /// What the command does to a frame before it is scaled.
    enum Preparation: String {
        case none = ""
        /// Transparent parts are laid over white.
        case overWhite = """
            format=rgba,geq=r=(r(X\\,Y)*alpha(X\\,Y)+255*(255-alpha(X\\,Y)))/255:\
            g=(g(X\\,Y)*alpha(X\\,Y)+255*(255-alpha(X\\,Y)))/255:b=(b(X\\,Y)*alpha(X\\,Y)+255*(255-alpha(X\\,Y)))/255:a=255,\
            format=rgb24,
            """
        /// High dynamic range is brought down, with 203 cd/m² for white and a shoulder from 0.6 on.
        case toneMapped = """
            zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:param=0.6:desat=0,\
            zscale=t=iec61966-2-1:r=full,format=gbrp,
            """
    }

    private static let exact = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"
    private static let gray = "format=rgb24,format=gray"

    /// The similarity of `jpeg` to the frame that the ffmpeg command extracts at `time` seconds, or to the last frame
    /// before.
    static func of(_ jpeg: [UInt8], toFrameOf path: String, at time: Double?, _ preparation: Preparation = .none) throws
        -> Double
    {
        let folder = try TemporaryFolder()
        let (ours, theirs) = (folder.file("ours.jpg"), folder.file("theirs.png"))
        try Data(jpeg).write(to: URL(fileURLWithPath: ours))
        let size = try #require(ImageHeader(jpeg, container: .jpeg))
        let filter =
            "\(preparation.rawValue)scale=\(size.width):\(size.height):flags=\(exact),setsar=1"
        let output = ["-vf", filter, "-pix_fmt", "rgb24"]
        let seek = time.map { ["-ss", "\($0)"] } ?? []
        // In a transport stream the command seeks by guess, and may find no frame that it can begin with.
        let input = path.hasSuffix(".ts") ? ["-i", path] + seek : seek + ["-i", path]
        try runArguments(["ffmpeg", "-v", "fatal"] + input + ["-frames:v", "1"] + output + [theirs])
        if !FileManager.default.fileExists(atPath: theirs) {
            try runArguments(["ffmpeg", "-v", "fatal", "-i", path] + output + ["-update", "1", theirs])
        }
        let log = try run(
            "ffmpeg", "-hide_banner", "-i", ours, "-i", theirs, "-lavfi",
            "[0:v]\(gray)[a];[1:v]\(gray)[b];[a][b]ssim", "-f", "null", "-")
        let value = log.errors.components(separatedBy: "All:").dropFirst().first?.prefix { $0 != " " }
        return try #require(value.flatMap { Double($0) }, "\(log.errors)")
    }
}
