import FFmpeg
import MediaModel

/// Decodes packets until the frame at a given time.
struct FrameSearch {
    /// How many consecutive packets may fail before the search is aborted: some seconds of video.
    private static let maximumFailures = 300

    let target: Int
    /// Whether frames before the target that no other frame refers to are skipped.
    let skipsUnreferencedFrames: Bool
    /// The latest frame before the target.
    private(set) var last: Frame?
    private let decoder: Decoder
    private let frame: Frame
    private var failures = 0
    private var failure: FFmpegError?

    init(decoder: Decoder, target: Int, skipsUnreferencedFrames: Bool) throws(FFmpegError) {
        self.decoder = decoder
        self.target = target
        self.skipsUnreferencedFrames = skipsUnreferencedFrames
        frame = try Frame()
    }

    /// Decodes the next packet, `nil` at the end; returns the frame at the target once it is decoded.
    mutating func send(_ packet: Packet?) throws -> Frame? {
        if let packet {
            decoder.skipsUnreferencedFrames = skipsUnreferencedFrames && (packet.presentationTime ?? target) < target
        }
        do throws(FFmpegError) {
            try decoder.send(packet)
            while try decoder.receive(into: frame) {
                if let time = frame.time, time >= target { return frame }
                if last == nil { last = try Frame() }
                if let last { frame.move(to: last) }
                failures = 0
            }
        } catch {
            guard error.code == .invalidData || error.code == .other else { throw error }
            failure = error
            failures += 1
            if last == nil && failures > Self.maximumFailures { throw noFrame }
        }
        return nil
    }

    /// The error when no frame could be decoded.
    var noFrame: MediaError {
        MediaError(.unreadable, "No picture of the video can be decoded: export it again.", cause: failure)
    }
}
